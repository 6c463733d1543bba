using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Export;

/// <summary>Writes shapes as int64 vectors: constants, or nodes that read the sizes of symbols from the inputs that carry them.</summary>
/// <param name="builder">Where nodes and constants go.</param>
/// <param name="inputs">The inputs of the graph, and for a body what it captures and the inputs of the graphs around it, each with its name there.</param>
internal sealed class ShapeWriter(GraphBuilder builder, IReadOnlyList<(string Name, Shape Shape)> inputs) : IDimNotation<string>
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
            name = dim.IsStatic ? builder.Integers(dim.Number) : dim.Write(this);
            dims[dim] = name;
        }

        return name;
    }

    string IDimNotation<string>.Sum(IReadOnlyList<string> terms) => terms.Aggregate((sum, term) => builder.Add("Add", [sum, term], One));

    string IDimNotation<string>.Product(long coefficient, IReadOnlyList<string> factors) => coefficient == 1 && factors.Count > 0
        ? factors.Aggregate(Product)
        : factors.Aggregate(builder.Integers(coefficient), Product);

    string IDimNotation<string>.Symbol(Symbol symbol)
    {
        var dim = Dim.Of(symbol);
        return dims.TryGetValue(dim, out string? known) ? known : dims[dim] = SizeOf(symbol);
    }

    /// <summary>The standard's division truncates; below zero the remainder is taken off first.</summary>
    string IDimNotation<string>.Quotient(Dim dividend, Dim divisor)
    {
        (string over, string under) = (Element(dividend), Element(divisor));
        if (!dividend.IsNeverNegative || !divisor.IsNeverNegative)
            over = builder.Add("Sub", [over, builder.Add("Mod", [over, under], One)], One);
        return builder.Add("Div", [over, under], One);
    }

    string IDimNotation<string>.Min(Dim first, Dim second) => builder.Add("Min", [Element(first), Element(second)], One);

    string IDimNotation<string>.Max(Dim first, Dim second) => builder.Add("Max", [Element(first), Element(second)], One);

    string IDimNotation<string>.Broadcast(Dim first, Dim second)
    {
        (string one, string other) = (Element(first), Element(second));
        return builder.Add("Where", [builder.Add("Equal", [one, builder.Integers(1)], new TensorType(DType.Bool, [1])), other, one], One);
    }

    private string Product(string left, string right) => builder.Add("Mul", [left, right], One);

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
