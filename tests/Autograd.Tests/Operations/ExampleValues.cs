using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Turns an example's inputs into variables and numbers.</summary>
internal static class ExampleValues
{
    /// <summary>The arguments of the operation: inputs, and constants where the example says so; null where an optional one is left out.</summary>
    public static Variable[] Variables(OperationExample example, DType floating) =>
    [
        .. example.Inputs.Select((input, i) => input.IsLeftOut ? null!
            : input.IsConstant ? Variable.Of(NumbersOf(input))
            : Variable.Input($"x{i}", Type(input, floating), input.Shape)),
    ];

    /// <summary>The arguments that are inputs.</summary>
    public static Variable[] Inputs(IEnumerable<Variable> variables) => [.. variables.Where(v => v is { IsInput: true })];

    /// <summary>Numbers for the inputs.</summary>
    public static Value[] Draw(OperationExample example, DType floating, int seed, int symbolSize = 3)
    {
        var random = new System.Random(seed);
        return [.. example.Inputs.Where(input => !input.IsConstant && !input.IsLeftOut).Select(input => input.Numbers is null && input.Factors is null ? Draw(input, Type(input, floating), symbolSize, random) : NumbersOf(input with { DType = Type(input, floating) }))];
    }

    /// <summary>The numbers of all arguments, constants among them; null where one is left out.</summary>
    public static Value[] All(OperationExample example, IEnumerable<Value> inputs)
    {
        var rest = new Queue<Value>(inputs);
        return [.. example.Inputs.Select(input => input.IsLeftOut ? null! : input.IsConstant ? NumbersOf(input) : rest.Dequeue())];
    }

    /// <summary>Whether an operation works on texts, which the batteries of numbers do not draw.</summary>
    public static bool HasTexts(RegisteredOperation operation) => operation.Examples.Any(example => example.Inputs.Any(input => input.DType == DType.String));

    private static Value NumbersOf(ExampleInput input)
    {
        if (input.Factors is not { } factors)
            return Value.Of(input.Numbers!.ToArray(), input.Shape.ToSizes());
        Value value = Value.Zeros(input.DType, input.Shape.ToSizes());
        for (int i = 0; i < factors.Count; i++)
            value[i] = factors[i];
        return value;
    }

    private static DType Type(ExampleInput input, DType floating) => input.DType == DType.Float32 ? floating : input.DType;

    private static Value Draw(ExampleInput input, DType type, int symbolSize, System.Random random)
    {
        if (input.Texts is { } texts)
            return Value.Of([.. texts], input.Shape.ToSizes());
        int[] sizes = [.. input.Shape.Select(d => d.IsStatic ? d.Size : d.Evaluate(d.Symbols.ToDictionary(s => s, _ => symbolSize)))];
        Value value = Value.Zeros(type, sizes);
        double[] numbers = new double[value.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            // Numbers that must differ are steps of at least the separation, shuffled below.
            double x = input.Separation > 0
                ? (i - (numbers.Length / 2.0)) * 2 * input.Separation + (random.NextDouble() * 0.5 * input.Separation)
                : input.Low + (random.NextDouble() * (input.High - input.Low));
            numbers[i] = type.IsFloating() ? x + (x < 0 ? -input.Margin : input.Margin) : Math.Floor(input.Low + (random.NextDouble() * (input.High - input.Low + 1)));
        }

        if (input.Separation > 0)
        {
            random.Shuffle(numbers);
        }

        for (int i = 0; i < numbers.Length; i++)
        {
            value[i] = numbers[i];
        }

        return value;
    }
}
