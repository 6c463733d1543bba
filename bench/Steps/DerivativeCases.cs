using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;

namespace Toolkit.Bench.Steps;

/// <summary>What derivatives cost: a gradient and a Hessian-vector product of the same network, and a step of training with and without recomputation.</summary>
internal static class DerivativeCases
{
    private const int Batch = 128, Classes = 10, Pixels = 784;

    /// <summary>The gradient of the mean loss by all 1.9 million parameters.</summary>
    public static TimedCase GradientAlone(ExecutionOptions options)
    {
        (Variable[] inputs, Variable loss, Variable[] parameters) = Network();
        return Run(options, inputs, Gradient.Of(loss, parameters));
    }

    /// <summary>The Hessian of the same loss times a vector.</summary>
    public static TimedCase HessianVectorProduct(ExecutionOptions options)
    {
        (Variable[] inputs, Variable loss, Variable[] parameters) = Network();
        Variable[] vectors = [.. parameters.Select((p, i) => new Parameter($"v{i}", Cases.Normal(p.Shape.ToSizes(), 7 + i)).Variable)];
        return Run(options, inputs, Gradient.HessianVectorProduct(loss, parameters, vectors));
    }

    /// <summary>A step of Adam on 64 equal layers.</summary>
    public static TimedCase Deep(ExecutionOptions options, bool isRecomputed)
    {
        const int Layers = 64, Width = 256;
        var random = new RandomSource(9);
        var model = new Sequential([.. Enumerable.Range(0, Layers).Select(_ => new Dense(Width, Width, random) { Activation = Ops.Tanh }), new Dense(Width, Classes, random)]);
        var features = new float[Batch * Width];
        random.FillNormal(features, 0, 1);
        Dataset data = Dataset.FromLabels(features, [Width], [.. Enumerable.Range(0, Batch).Select(i => (long)(i % Classes))], Classes);
        return Cases.Train(options with { Compilation = options.Compilation with { RecomputeActivations = isRecomputed } }, model, data, Batch, new SoftmaxCrossEntropy(), new Adam());
    }

    private static (Variable[] Inputs, Variable Loss, Variable[] Parameters) Network()
    {
        var random = new RandomSource(6);
        var model = new Sequential(
            new Dense(Pixels, 1024, random) { Activation = Ops.Tanh }, new Dense(1024, 1024, random) { Activation = Ops.Tanh }, new Dense(1024, Classes, random));
        Variable x = Variable.Input("x", DType.Float32, [Batch, Pixels]), y = Variable.Input("y", DType.Int64, [Batch]);
        Variable loss = new SoftmaxCrossEntropy().PerExample(model.Forward(x, new ForwardContext(Mode.Training)), y).Mean();
        return ([x, y], loss, [.. model.Parameters.Select(p => p.Variable)]);
    }

    private static TimedCase Run(ExecutionOptions options, Variable[] inputs, IReadOnlyList<Variable> outputs)
    {
        var random = new RandomSource(6);
        long[] labels = [.. Enumerable.Range(0, Batch).Select(_ => (long)random.NextInt32(Classes))];
        Function function = Function.Compile(inputs, outputs, options: options);
        return Cases.Of(function, [Cases.Normal([Batch, Pixels], 8), Value.Of(labels, Batch)]);
    }
}
