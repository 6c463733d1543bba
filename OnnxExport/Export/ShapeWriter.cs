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
            return builder.Integers([.. shape.Select(d => (long)d.Size)]);
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
                numbers.Add(dim.Size);
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
            name = dim.IsStatic ? builder.Integers(dim.Size) : dim.Symbol is { } symbol ? Symbol(symbol) : Polynomial(dim);
            dims.Add(dim, name);
        }

        return name;
    }

    private string Polynomial(Dim dim)
    {
        string? sum = null;
        foreach ((long coefficient, IReadOnlyList<Dim.Factor> factors) in dim.Terms)
        {
            string? product = coefficient == 1 && factors.Count > 0 ? null : builder.Integers(coefficient);
            foreach (Dim.Factor part in factors)
            {
                string factor = part.Dividend is { } dividend
                    ? builder.Add("Div", [Element(dividend), builder.Integers(part.Divisor)], One)
                    : Element(Dim.Named(part.Symbol!));
                product = product is null ? factor : builder.Add("Mul", [product, factor], One);
            }

            sum = sum is null ? product : builder.Add("Add", [sum, product!], One);
        }

        return sum!;
    }

    private string Symbol(string symbol)
    {
        foreach ((string name, Shape shape) in inputs)
        {
            for (int axis = 0; axis < shape.Rank; axis++)
            {
                if (shape[axis].Symbol == symbol)
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
