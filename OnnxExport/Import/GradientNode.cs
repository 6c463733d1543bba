using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Import;

/// <summary>Reads the operator <c>Gradient</c> (<c>ai.onnx.preview.training</c>), which names values of the graph around it: the derivatives of y, summed over its elements, with respect to xs.</summary>
internal static class GradientNode
{
    public static bool Is(NodeProto node) => node is { OpType: "Gradient", Domain: "ai.onnx.preview.training" };

    /// <param name="node">The node.</param>
    /// <param name="value">Gives the value of a name.</param>
    /// <exception cref="ImportException">The derivatives are asked for at another place than the values have, or do not exist.</exception>
    public static IReadOnlyList<Variable> Read(NodeProto node, Func<string, Variable> value)
    {
        string[] xs = Names(node, "xs"), zs = Names(node, "zs");
        string y = node.Attribute.FirstOrDefault(attribute => attribute.Name == "y")?.S.ToStringUtf8() ?? string.Empty;
        if (!node.Input.SequenceEqual(xs.Concat(zs)))
        {
            throw new ImportException(
                $"Expected the node \"{node.Name}\" (Gradient) to read the values that it names, {string.Join(", ", xs.Concat(zs))}, found {string.Join(", ", node.Input)}.");
        }

        try
        {
            Variable sum = value(y);
            Variable[] wrt = [.. xs.Select(value)];
            IReadOnlyList<Variable?> gradients = Gradient.PullBack([sum], [Ops.ExpandLike(Variable.Scalar(1, sum.DType), sum)], wrt);
            return [.. gradients.Select((gradient, i) => gradient ?? Ops.ExpandLike(Variable.Scalar(0, wrt[i].DType), wrt[i]))];
        }
        catch (GradientException e)
        {
            throw new ImportException($"The node \"{node.Name}\" (Gradient) cannot be read: {e.Message}", e);
        }
    }

    private static string[] Names(NodeProto node, string attribute) =>
        [.. node.Attribute.FirstOrDefault(other => other.Name == attribute)?.Strings.Select(text => text.ToStringUtf8()) ?? []];
}
