using Google.Protobuf;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;

namespace Toolkit.Conformance;

/// <summary>
/// Compares our gradients with central differences in float64: of a weighted sum of all floating-point outputs, with respect to each input of the graph that stands where the
/// standard defines a derivative. Of a large input some elements are drawn.
/// </summary>
internal static class GradientCheck
{
    private const int MostElements = 24;
    private const double Step = 1e-5;
    private const double Tolerance = 1e-5;
    private static readonly ExecutionOptions OneThread = new() { Threads = 1 };

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
        Variable sum = outputs.Select(Weighted).Aggregate((x, y) => x + y);
        IReadOnlyList<Variable> gradients = Gradient.Of(sum, wanted);
        Function function = Function.Compile(signature.Inputs, [sum], options: OneThread), derivative = Function.Compile(signature.Inputs, gradients, options: OneThread);
        Dictionary<string, Datum> read = SuiteCase.Read(suiteCase.DataSets.First(), "input", model.Graph.Input);
        Value[] values = [.. signature.Inputs.Select(input => read.GetValueOrDefault(input.Name!) is Datum.Tensor tensor
            ? DoubleModel.Of(tensor.Value)
            : throw new NotExpressibleException($"what is fed as \"{input.Name}\""))];
        Value[] found = derivative.Run(values);
        int compared = 0, kinks = 0;
        var random = new Random(1);
        for (int w = 0; w < wanted.Length; w++)
        {
            Value value = values[signature.Inputs.ToList().IndexOf(wanted[w])];
            double scale = Enumerable.Range(0, found[w].Count).Select(i => Math.Abs(found[w][i])).Where(double.IsFinite).DefaultIfEmpty(0).Max();
            foreach (int i in Elements(value.Count, random))
            {
                double? expected = Difference(value, i, () => function.Run(values)[0].Scalar(), Math.Max(1, scale));
                kinks += expected is null ? 1 : 0;
                compared += expected is null ? 0 : 1;
                if (expected is { } number && !(Math.Abs(found[w][i] - number) <= Tolerance * Math.Max(Math.Max(Math.Abs(number), scale), 1e-2)))
                    return new GradientOutcome($"mismatch: the derivative with respect to element {i} ({value[i]:R}) of \"{wanted[w].Name}\" is {found[w][i]:R}, the difference {number:R}", compared, kinks);
            }
        }

        return new GradientOutcome(null, compared, kinks);
    }

    /// <summary>The sum with weights that no symmetry of an operator cancels.</summary>
    private static Variable Weighted(Variable output, int number)
    {
        if (!output.Shape.IsStatic)
            return Ops.Sum(output * (output + (1 + number)));
        Value weights = Value.Zeros(DType.Float64, output.Shape.ToSizes());
        var random = new Random(number);
        for (int i = 0; i < weights.Count; i++)
            weights[i] = 0.5 + random.NextDouble();
        return Ops.Sum(output * Variable.Of(weights));
    }

    private static IEnumerable<int> Elements(int count, Random random) =>
        count <= MostElements ? Enumerable.Range(0, count) : Enumerable.Range(0, MostElements).Select(_ => random.Next(count));

    /// <summary>The central difference; null where the differences to either side do not agree, or the sum is too large to tell them.</summary>
    private static double? Difference(Value value, int i, Func<double> function, double scale)
    {
        double at = value[i], step = Step * Math.Max(1, 1e-4 * Math.Abs(at)), middle = function();
        value[i] = at + step;
        double above = function();
        value[i] = at - step;
        double below = function();
        value[i] = at;
        double right = (above - middle) / step, left = (middle - below) / step;
        double rounding = Math.Abs(middle) * 1e-16 / step;
        return rounding < 1e-2 * Tolerance * scale && Math.Abs(right - left) <= (1e-2 * Math.Max(Math.Abs(right), Math.Abs(left))) + (1e-3 * scale) ? (above - below) / (2 * step) : null;
    }
}
