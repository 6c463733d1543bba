using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>An input of an <see cref="OperationExample"/>: type, shape and the range from which its elements are drawn.</summary>
/// <param name="Shape">The shape; symbols get a small size.</param>
/// <param name="DType">The element type; <see cref="DType.Float32"/> stands for both floating-point types, which are tested in turn.</param>
/// <param name="Low">The least element.</param>
/// <param name="High">The upper bound: included for integers, excluded otherwise.</param>
public sealed record ExampleInput(Shape Shape, DType DType = DType.Float32, double Low = -2, double High = 2)
{
    /// <summary>The smallest distance between any two elements; what operations with kinks or ties (maximum, sorting) need to be smooth.</summary>
    public double Separation { get; init; }

    /// <summary>The smallest distance of any element from zero; what operations with a kink or pole at zero need to be smooth.</summary>
    public double Margin { get; init; }

    /// <summary>The numbers of the input, where they are not drawn; null for numbers that are.</summary>
    public IReadOnlyList<long>? Numbers { get; init; }

    /// <summary>The texts of an input of <see cref="DType.String"/>.</summary>
    public IReadOnlyList<string>? Texts { get; init; }

    /// <summary>Whether the numbers are known when the graph is built.</summary>
    public bool IsConstant { get; init; }

    /// <summary>The floating-point numbers of the input, where they are not drawn; null for numbers that are.</summary>
    public IReadOnlyList<float>? Factors { get; init; }

    /// <summary>Whether an optional input is left out.</summary>
    public bool IsLeftOut { get; init; }

    /// <summary>An optional input that is left out.</summary>
    public static ExampleInput LeftOut { get; } = new([]) { IsLeftOut = true };

    /// <summary>Factors as a float32 vector that is known when the graph is built.</summary>
    /// <param name="numbers">The numbers.</param>
    public static ExampleInput Real(params float[] numbers) => new([numbers.Length]) { Factors = numbers, IsConstant = true };

    /// <summary>Sizes, axes or counts as an int64 vector that is known when the graph is built.</summary>
    /// <param name="numbers">The numbers.</param>
    public static ExampleInput Constant(params long[] numbers) => Data(numbers) with { IsConstant = true };

    /// <summary>A vector of texts.</summary>
    /// <param name="texts">The texts.</param>
    public static ExampleInput Of(params string[] texts) => new([texts.Length], DType.String) { Texts = texts };

    /// <summary>Sizes, axes or counts as an int64 vector that a caller gives.</summary>
    /// <param name="numbers">The numbers.</param>
    public static ExampleInput Data(params long[] numbers) => new([numbers.Length], DType.Int64) { Numbers = numbers };
}

/// <summary>How an operation is shown and tested: the operation with inputs from the domain where it is smooth.</summary>
/// <param name="Operation">The operation with its attributes.</param>
/// <param name="Inputs">Its inputs.</param>
public sealed record OperationExample(Operation Operation, params ExampleInput[] Inputs)
{
    private Func<DType, Operation>? byType;

    /// <summary>An example of an operation whose attributes depend on the floating-point type of its inputs, as those with bodies do.</summary>
    /// <param name="operation">The operation for a type.</param>
    /// <param name="inputs">Its inputs.</param>
    public static OperationExample Of(Func<DType, Operation> operation, params ExampleInput[] inputs) => new(operation(DType.Float32), inputs) { byType = operation };

    /// <summary>The operation for inputs of a floating-point type.</summary>
    /// <param name="floating">The type in the place of <see cref="DType.Float32"/>.</param>
    public Operation For(DType floating) => byType?.Invoke(floating) ?? Operation;

    /// <summary>The relative tolerance of the float32 kernel against float64.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>The oldest operator set in which it can be written.</summary>
    public int Opset { get; init; } = 13;

    /// <summary>How often the operation is differentiated in its tests; 0 for operations without derivatives.</summary>
    public int Smoothness { get; init; } = 2;
}

/// <summary>An operation that can show itself; the registry asks for it.</summary>
public interface IHasExamples
{
    /// <summary>Examples that cover the attributes, ranks and broadcasting of the operation.</summary>
    static abstract IEnumerable<OperationExample> Examples { get; }
}
