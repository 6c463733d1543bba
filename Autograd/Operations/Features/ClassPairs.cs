using System.Collections;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Features;

/// <summary>The pairs of some classes, (0, 1), (0, 2), …, (1, 2), ….</summary>
/// <param name="classes">The number of classes.</param>
internal sealed class ClassPairs(int classes) : IReadOnlyCollection<(int First, int Second)>
{
    /// <inheritdoc/>
    public int Count => checked(classes * (classes - 1) / 2);

    /// <inheritdoc/>
    public IEnumerator<(int First, int Second)> GetEnumerator() =>
        Enumerable.Range(0, classes).SelectMany(i => Enumerable.Range(i + 1, classes - i - 1), (i, j) => (i, j)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>[batch, classes, classes]: what each class has of its pair with every other, of itself 0.</summary>
    /// <param name="first">[batch, pairs]: what the first class of each pair has of 1; the second has the rest.</param>
    public Variable Matrix(Variable first)
    {
        long[] places = new long[classes * classes];
        float[] rest = new float[classes * classes], sign = new float[classes * classes];
        foreach (((int i, int j), int pair) in this.Select((pair, place) => (pair, place)))
        {
            (int above, int below) = ((i * classes) + j, (j * classes) + i);
            (places[above], places[below]) = (pair, pair);
            (sign[above], sign[below], rest[below]) = (1, -1, 1);
        }

        Variable Square(Value value) => Variable.Of(value.Reshape(classes, classes));
        return Square(Value.Of(rest, rest.Length)) + (Square(Value.Of(sign, sign.Length)) * Ops.Gather(first, Square(Value.Of(places, places.Length)), 1));
    }
}
