using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Export;

/// <summary>The types of the nodes between those of the graph: an operation that becomes several ONNX nodes. They are what a reader infers, found by reading.</summary>
/// <param name="opset">The operator set.</param>
internal sealed class FormTypes(int opset)
{
    private readonly Dictionary<OnnxForm, Variable?> results = new(ReferenceEqualityComparer.Instance);

    /// <summary>The type of the result of a form; null where that is not known.</summary>
    /// <param name="form">A form whose inputs are given.</param>
    /// <param name="node">The node whose arguments the form reads.</param>
    public TensorType? Of(OnnxForm form, Node node) => Result(form, node)?.Type;

    private Variable? Result(OnnxForm form, Node node)
    {
        if (results.TryGetValue(form, out Variable? known))
            return known;
        Variable?[] inputs = [.. form.Inputs!.Select(input => Read(input, node))];
        Variable? result = null;
        if (!inputs.Contains(null) && (form.Read ?? FormOperators.All.Find("", form.Operator)) is { } apply
            && StandardOperators.Find("", form.Operator, opset) is { } schema)
        {
            var attributes = form.Attributes.ToDictionary(a => a.Name, a => a.Value is DType type ? (long)Format.TensorConversion.ToDataType(type) : a.Value);
            result = Applied(apply, new OnnxNode(schema, inputs, attributes, 1));
        }

        results.Add(form, result);
        return result;
    }

    /// <summary>A form may be one that the engine does not read: weights of a convolution whose sizes are not known.</summary>
    private static Variable? Applied(Func<OnnxNode, IReadOnlyList<Variable>> apply, OnnxNode node)
    {
        try
        {
            return apply(node)[0];
        }
        catch (Exception e) when (e is GraphException or ShapeException)
        {
            return null;
        }
    }

    private Variable? Read(OnnxInput input, Node node) => input switch
    {
        OnnxInput.Argument argument => node.Inputs[argument.Index],
        OnnxInput.Constant constant => Variable.Of(constant.Value),
        OnnxInput.Dimensions dimensions => Body.Input("sizes", new TensorType(DType.Int64, [dimensions.Shape.Rank]), [.. dimensions.Shape]),
        OnnxInput.Computed computed => Result(computed.Form, node),
        _ => null,
    };
}
