using System.Collections;
using System.Runtime.CompilerServices;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Modules;

/// <summary>A whole number for each axis over which a window moves: <c>2</c> for the same along each, <c>[2, 1]</c> for height and width.</summary>
[CollectionBuilder(typeof(PerAxis), nameof(Of))]
public sealed class PerAxis : IReadOnlyList<int>
{
    private readonly IntList numbers;

    /// <summary>The same number along each axis.</summary>
    /// <param name="every">The number.</param>
    public PerAxis(int every)
    {
        numbers = [every];
    }

    private PerAxis(IntList numbers) => this.numbers = numbers;

    /// <inheritdoc/>
    public int Count => numbers.Count;

    /// <inheritdoc/>
    public int this[int index] => numbers[index];

    /// <summary>The same number along each axis.</summary>
    /// <param name="every">The number.</param>
    public static implicit operator PerAxis(int every) => new(every);

    /// <summary>The same as the conversion.</summary>
    /// <param name="every">The number.</param>
    public static PerAxis FromInt32(int every) => new(every);

    /// <summary>A number for each axis, the first one first.</summary>
    /// <param name="numbers">The numbers.</param>
    public static PerAxis Of(params ReadOnlySpan<int> numbers) => new(IntList.Of(numbers));

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => numbers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>For example "3×5".</summary>
    public override string ToString() => string.Join('×', numbers);

    /// <summary>A number for each of so many axes, or an error with the name of the setting.</summary>
    internal PerAxis Along(int axes, int least, string setting) => (Count == 1 || Count == axes) && numbers.All(number => number >= least)
        ? Count == axes ? this : new PerAxis([.. Enumerable.Repeat(numbers[0], axes)])
        : throw new ArgumentOutOfRangeException(setting, this, $"Expected a number of at least {least} for {setting}, or one for each of {axes} axes, found {numbers}.");

    internal IntList ToList() => numbers;
}
