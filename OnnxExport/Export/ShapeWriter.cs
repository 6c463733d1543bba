using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Export;

/// <summary>Writes shapes as int64 vectors: constants, or nodes that read the sizes of symbols from the inputs that carry them.</summary>
/// <param name="builder">Where nodes and constants go.</param>
/// <param name="inputs">The inputs of the graph, and for a body what it captures and the inputs of the graphs around it, each with its name there.</param>
internal sealed class ShapeWriter(GraphBuilder builder, IReadOnlyList<(string Name, Shape Shape)> inputs)
{
    private static readonly TensorType One = new(DType.Int64, [1]);

    private static AttributeProto Axis => AttributeConversion.ToProto(new OnnxAttribute("axis", 0L));

    private readonly Dictionary<Shape, string> shapes = [];
    private readonly Dictionary<Dim, string> dims = [];
    private readonly Dictionary<string, string> inputShapes = new(StringComparer.Ordinal);

    /// <summary>Where sizes are read.</summary>
    public IReadOnlyList<(string Name, Shape Shape)> Inputs => inputs;

    /// <summary>The name of a vector with the dimensions of a shape.</summary>
    public string Vector(Shape shape)
    {
        if (shape.IsStatic)
        {
            return builder.Integers([.. shape.Select(d => d.Number)]);
        }

        if (!shapes.TryGetValue(shape, out string? name))
        {
            string[] parts = [.. Parts(shape)];
            name = parts.Length == 1
                ? parts[0]
                : builder.Add(
                    "Concat",
                    parts,
                    [new Result(new TensorType(DType.Int64, [shape.Rank]))],
                    [Axis])[0];
            shapes.Add(shape, name);
        }

        return name;
    }

    /// <summary>Symbolic dimensions one by one, the static ones between them as one constant.</summary>
    private IEnumerable<string> Parts(Shape shape)
    {
        var numbers = new List<long>();
        foreach (Dim dim in shape)
        {
            if (dim.IsStatic)
            {
                numbers.Add(dim.Number);
                continue;
            }

            if (numbers.Count > 0)
            {
                yield return builder.Integers([.. numbers]);
                numbers.Clear();
            }

            yield return Element(dim);
        }

        if (numbers.Count > 0)
        {
            yield return builder.Integers([.. numbers]);
        }
    }

    /// <summary>The name of a vector of one element, the size of a dimension.</summary>
    private string Element(Dim dim)
    {
        if (!dims.TryGetValue(dim, out string? name))
        {
            name = dim.IsStatic ? builder.Integers(dim.Number) : dim.Symbol is { } symbol ? SizeOf(symbol) : Polynomial(dim);
            dims.Add(dim, name);
        }

        return name;
    }

    private string Polynomial(Dim dim)
    {
        string? sum = null;
        foreach (DimTerm term in dim.Terms)
        {
            string? product = term.Coefficient == 1 && term.Factors.Count > 0 ? null : builder.Integers(term.Coefficient);
            foreach (DimFactor part in term.Factors)
            {
                string factor = Factor(part);
                product = product is null ? factor : builder.Add("Mul", [product, factor], One);
            }

            sum = sum is null ? product : builder.Add("Add", [sum, product!], One);
        }

        return sum!;
    }

    private string Factor(DimFactor factor) => factor switch
    {
        SymbolFactor { Symbol: var symbol } => Element(Dim.Of(symbol)),
        QuotientFactor quotient => Quotient(quotient),
        ChoiceFactor { Choice: DimChoice.Broadcast } choice => Broadcast(choice),
        ChoiceFactor choice => builder.Add(choice.Choice == DimChoice.Min ? "Min" : "Max", [Element(choice.First), Element(choice.Second)], One),
        _ => throw new ExportException($"Expected a part of a size of a known kind, found {factor}."),
    };

    /// <summary>The standard's division truncates; below zero the remainder is taken off first.</summary>
    private string Quotient(QuotientFactor quotient)
    {
        (string dividend, string divisor) = (Element(quotient.Dividend), Element(quotient.Divisor));
        if (!quotient.Dividend.IsNeverNegative || !quotient.Divisor.IsNeverNegative)
            dividend = builder.Add("Sub", [dividend, builder.Add("Mod", [dividend, divisor], One)], One);
        return builder.Add("Div", [dividend, divisor], One);
    }

    private string Broadcast(ChoiceFactor choice)
    {
        (string first, string second) = (Element(choice.First), Element(choice.Second));
        return builder.Add("Where", [builder.Add("Equal", [first, builder.Integers(1)], new TensorType(DType.Bool, [1])), second, first], One);
    }

    private string SizeOf(Symbol symbol)
    {
        foreach ((string name, Shape shape) in inputs)
        {
            for (int axis = 0; axis < shape.Rank; axis++)
            {
                if (symbol.Equals(shape[axis].Symbol))
                {
                    return builder.Add("Gather", [ShapeOf(name, shape), builder.Integers(axis)], [new Result(One)], [Axis])[0];
                }
            }
        }

        throw new ExportException(
            $"A shape needs the size of \"{symbol}\" at run time, and no input carries it; found {string.Join(", ", inputs.Select(input => $"{input.Name}:{input.Shape}"))}.");
    }

    private string ShapeOf(string input, Shape shape)
    {
        if (!inputShapes.TryGetValue(input, out string? name))
        {
            name = builder.Add("Shape", [input], new TensorType(DType.Int64, [shape.Rank]));
            inputShapes.Add(input, name);
        }

        return name;
    }
}
