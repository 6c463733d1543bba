using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Every module: its result in training and at inference, and the updates of numbers that it asks for.</summary>
internal static class ModuleValues
{
    public static Dictionary<string, Setting[]> Settings { get; } =
        new(DenseValues.Settings.Concat(CompositeValues.Settings).Concat(WindowValues.Settings).Concat(NormalizationValues.Settings).Concat(NoiseValues.Settings)
            .Concat(RecurrentValues.Settings).Concat(TransformerValues.Settings));

    /// <summary>A module whose learned parameters get <see cref="Numbers"/>, the same in training and at inference.</summary>
    /// <param name="module">The module.</param>
    /// <param name="sizes">The sizes of the input.</param>
    /// <param name="expected">The result for the input and the parameters, which are in their order.</param>
    /// <param name="input">The input; null for numbers with both signs.</param>
    public static Setting On(Module module, int[] sizes, Func<double[], double[][], double[]> expected, double[]? input = null) =>
        InModes(module, sizes, (x, p) => [.. expected(x, p), .. expected(x, p)], true, input);

    /// <summary>A module whose parameters keep the values with which they begin.</summary>
    public static Setting AtFirst(Module module, int[] sizes, Func<double[], double[]> expected, double[]? input = null) =>
        InModes(module, sizes, (x, _) => [.. expected(x), .. expected(x)], false, input);

    /// <summary>The result in training, that at inference and the updates in turn.</summary>
    public static Setting InModes(Module module, int[] sizes, Func<double[], double[][], double[]> expected, bool filled = true, double[]? input = null)
    {
        input ??= Inputs(sizes.Aggregate(1, (a, b) => a * b));
        return new(
            module,
            () =>
            {
                if (filled)
                    Fill(module);
                Variable x = module is Embedding ? Run.Ids([.. input.Select(v => (long)v)], sizes) : Run.Tensor([.. input.Select(v => (float)v)], sizes);
                var training = new ForwardContext(Mode.Training);
                Variable[] all = [module.Forward(x, training), module.Forward(x, new ForwardContext(Mode.Inference))];
                return [.. Run.Values([.. all, .. training.Updates.Select(u => u.NewValue).Where(v => v.DType == DType.Float32)]).SelectMany(Run.Numbers)];
            },
            () => expected([.. input.Select(v => (double)(float)v)], [.. Learned(module).Select((p, k) => Numbers(k, p.Value.Count, p.Name))]),
            Setting.Single);
    }

    public static double[] Inputs(int count) => [.. Enumerable.Range(0, count).Select(i => 1.5 * Math.Sin((1.9 * i) + 0.3))];

    /// <summary>What a parameter holds: numbers of both signs, or above 0 for variances.</summary>
    private static double[] Numbers(int parameter, int count, string name) =>
    [
        .. Enumerable.Range(0, count).Select(i => (double)(float)(0.8 * Math.Sin((1.3 * i) + parameter + 0.5))).Select(v => name.EndsWith("variance", StringComparison.Ordinal) ? 0.5 + (v * v) : v),
    ];

    private static void Fill(Module module)
    {
        int k = 0;
        foreach (Parameter parameter in Learned(module))
            parameter.Value = Value.Of([.. Numbers(k++, parameter.Value.Count, parameter.Name).Select(v => (float)v)], [.. parameter.Value.Sizes]);
    }

    private static IEnumerable<Parameter> Learned(Module module) => module.Parameters.Where(p => p.DType == DType.Float32 && (p.Role != ParameterRole.State || module is BatchNormalization));
}
