using Google.Protobuf;
using Toolkit.Autograd.Checking;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;

namespace Toolkit.Conformance;

/// <summary>
/// Compares our gradients of a case with central differences in float64, with respect to each input of the graph that stands where the standard defines a derivative. Of a large input some elements are
/// drawn.
/// </summary>
internal static class GradientCase
{
    private static readonly GradientCheck Check = new() { Order = 1, Directions = 0, Elements = 24, Tolerance = 1e-5 };

    /// <summary>The comparison; null where the case has no derivative to compare.</summary>
    public static GradientOutcome? Of(SuiteCase suiteCase, ModelProto model)
    {
        string[] names = [.. Differentiable(model)];
        if (names.Length == 0)
            return null;
        try
        {
            NativeEngine.RequireOperators(model);
            Signature signature = OnnxModel.Load(DoubleModel.Of(model).ToByteArray()).Inference;
            Variable[] wanted = [.. signature.Inputs.Where(input => names.Contains(input.Name) && input.DType == DType.Float64)];
            Variable[] outputs = [.. signature.Outputs.Select(output => output.Variable).Where(output => output.DType == DType.Float64)];
            return wanted.Length == 0 || outputs.Length == 0 ? null : Compare(suiteCase, model, signature, wanted, outputs);
        }
        catch (Exception e) when (e is ToolkitException or InvalidOnnxModelException)
        {
            return new GradientOutcome($"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}");
        }
        catch (NotExpressibleException e)
        {
            return new GradientOutcome(e.Message);
        }
        catch (Exception e)
        {
            return new GradientOutcome($"crash: {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>The inputs of the graph that some node reads where the standard defines a derivative, if the graph gives floating-point numbers.</summary>
    private static HashSet<string> Differentiable(ModelProto model)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        HashSet<string> inputs = [.. model.Graph.Input.Where(input => input.Type.TensorType?.ElemType is 1 or 11).Select(input => input.Name)];
        if (!model.Graph.Output.Any(output => output.Type.TensorType?.ElemType is 1 or 11))
            return names;
        foreach (NodeProto node in model.Graph.Node)
        {
            // The newest version says what the oldest ones are silent about.
            if (StandardOperators.Find(ModelNodes.Domain(node), node.OpType, StandardOperators.NewestVersion) is not { IsDifferentiable: true } schema)
                continue;
            names.UnionWith(node.Input.Where((name, i) => inputs.Contains(name) && schema.Inputs[Math.Min(i, schema.Inputs.Count - 1)].IsDifferentiable == true));
        }

        return names;
    }

    private static GradientOutcome Compare(SuiteCase suiteCase, ModelProto model, Signature signature, Variable[] wanted, Variable[] outputs)
    {
        Dictionary<string, Datum> read = SuiteCase.Read(suiteCase.DataSets.First(), "input", model.Graph.Input);
        Value[] values = [.. signature.Inputs.Select(input => read.GetValueOrDefault(input.Name!) is Datum.Tensor tensor
            ? DoubleModel.Of(tensor.Value)
            : throw new NotExpressibleException($"what is fed as \"{input.Name}\""))];
        IReadOnlyList<GradientComparison> all = Check.Compare(signature.Inputs, outputs, values, wanted);
        GradientComparison[] smooth = [.. all.Where(comparison => comparison.Difference is not null)];
        string? failure = smooth.FirstOrDefault(comparison => !comparison.Agrees) is { } wrong ? $"mismatch: {wrong}" : null;
        return new GradientOutcome(failure, smooth.Length, all.Count - smooth.Length);
    }
}
