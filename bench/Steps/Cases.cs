using Toolkit.Autograd.Compilation;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Bench.Steps;

/// <summary>A case made ready: its step, and its profile over some runs where it is a compiled function.</summary>
internal sealed record TimedCase(Action Step, Func<int, FunctionProfile>? Profile = null);

/// <summary>The timed cases by name; each makes its data and returns the step.</summary>
internal static class Cases
{
    /// <summary>The cases that run on so many threads, with all that the compiler does.</summary>
    public static IEnumerable<(string Name, Func<TimedCase> Make)> All(int threads) => All(new ExecutionOptions { Threads = threads });

    public static IEnumerable<(string Name, Func<TimedCase> Make)> All(ExecutionOptions options)
    {
        foreach ((string name, int m, int n, int k) in RandomProducts.All)
        {
            yield return (name, () => Gemm(options, m, n, k, false, false));
        }

        foreach ((int m, int n, int k) in new[]
            { (1024, 1024, 1024), (2048, 2048, 2048), (128, 512, 784), (32, 256, 256), (64, 10, 512), (128, 10, 1024), (1, 1024, 1024) })
        {
            yield return (m == 1024 ? "gemm-1024" : $"gemm-{m}x{n}x{k}", () => Gemm(options, m, n, k, false, false));
        }

        yield return ("gemm-tn-784x512x128", () => Gemm(options, 784, 512, 128, true, false));
        yield return ("gemm-nt-128x784x512", () => Gemm(options, 128, 784, 512, false, true));
        yield return ("train-mlp-small", () => Train(options, Small(), [32], 3, 32, new Sgd { LearningRate = 1e-2 }));
        yield return ("train-mlp-mnist", () => Train(options, MnistMlp(), [784], 10, 128, new Adam { LearningRate = 1e-3 }));
        yield return ("train-cnn-mnist", () => Train(options, MnistCnn(), [1, 28, 28], 10, 64, new Adam { LearningRate = 1e-3 }));
        foreach (TrainingPrecision half in new[] { TrainingPrecision.BFloat16, TrainingPrecision.Float16 })
        {
            (string type, DType stored) = half == TrainingPrecision.BFloat16 ? ("bfloat16", DType.BFloat16) : ("float16", DType.Float16);
            yield return ($"train-mlp-mnist-{type}", () => Train(options, MnistMlp(), [784], 10, 128, new Adam { LearningRate = 1e-3 }, half));
            yield return ($"train-cnn-mnist-{type}", () => Train(options, MnistCnn(), [1, 28, 28], 10, 64, new Adam { LearningRate = 1e-3 }, half));
            yield return ($"infer-mlp-mnist-256-{type}", () => Infer(options, MnistMlp(), [784], 256, stored));
            yield return ($"infer-cnn-mnist-64-{type}", () => Infer(options, MnistCnn(), [1, 28, 28], 64, stored));
        }

        yield return ("train-lstm-rows", () => ModelCases.LstmRows(options));
        yield return ("train-transformer", () => ModelCases.Transformer(options));
        yield return ("train-resnet-small", () => ModelCases.SmallResNet(options));
        yield return ("train-tabular-embedding", () => ModelCases.TabularEmbedding(options));
        yield return ("gradient-mlp-mnist", () => DerivativeCases.GradientAlone(options));
        yield return ("hvp-mlp-mnist", () => DerivativeCases.HessianVectorProduct(options));
        yield return ("train-deep-64", () => DerivativeCases.Deep(options, isRecomputed: false));
        yield return ("train-deep-64-recomputed", () => DerivativeCases.Deep(options, isRecomputed: true));
        foreach ((string name, Func<Sequential> model, int[] shape, int batch) in Inference)
        {
            yield return (name, () => Infer(options, model(), shape, batch));
        }
    }

    /// <summary>The cases of inference and the random products, served by ONNX Runtime.</summary>
    public static IEnumerable<(string Name, Func<TimedCase> Make)> Runtime(int threads)
    {
        foreach ((string name, int m, int n, int k) in RandomProducts.All)
        {
            yield return (name, () => ServeProduct(threads, m, n, k));
        }

        foreach ((string name, Func<Sequential> model, int[] shape, int batch) in Inference)
        {
            yield return (name, () => Serve(threads, model(), shape, batch));
        }
    }

    private static (string Name, Func<Sequential> Model, int[] Shape, int Batch)[] Inference =>
    [
        ("infer-mlp-mnist-1", MnistMlp, [784], 1),
        ("infer-mlp-mnist-256", MnistMlp, [784], 256),
        ("infer-cnn-mnist-1", MnistCnn, [1, 28, 28], 1),
        ("infer-cnn-mnist-64", MnistCnn, [1, 28, 28], 64),
    ];

    private static TimedCase Serve(int threads, Module model, int[] shape, int batch)
    {
        model.InputShape = Shape.OfSizes(shape);
        var session = OnnxSession.Load(OnnxExporter.Export(model.Inference), new ServingOptions { IntraOpThreads = threads });
        SessionBuffers buffers = session.CreateBuffers(new Dictionary<string, int> { ["batch"] = batch });
        new RandomSource(3).FillNormal(buffers.Inputs[0].Span<float>(), 0, 1);
        return new TimedCase(() => buffers.Run());
    }

    private static TimedCase ServeProduct(int threads, int m, int n, int k)
    {
        Variable a = Variable.Input("a", DType.Float32, [m, k]), b = Variable.Input("b", DType.Float32, [k, n]);
        byte[] file = OnnxExporter.Export(new Signature([a, b], [new Output("c", a.MatMul(b))]));
        SessionBuffers buffers = OnnxSession.Load(file, new ServingOptions { IntraOpThreads = threads }).CreateBuffers(new Dictionary<string, int>());
        new RandomSource(4).FillNormal(buffers.Inputs[0].Span<float>(), 0, 1);
        new RandomSource(5).FillNormal(buffers.Inputs[1].Span<float>(), 0, 1);
        return new TimedCase(buffers.Run);
    }

    public static TimedCase Train(ExecutionOptions options, Module model, int[] shape, int classes, int batch, Optimizer optimizer, TrainingPrecision precision = TrainingPrecision.Float32)
    {
        var random = new RandomSource(2);
        int width = shape.Aggregate(1, (a, b) => a * b);
        var features = new float[batch * width];
        random.FillNormal(features, 0, 1);
        long[] labels = [.. Enumerable.Range(0, batch).Select(_ => (long)random.NextInt32(classes))];
        return Train(options, model, Dataset.FromLabels(features, shape, labels, classes), batch, new SoftmaxCrossEntropy(), optimizer, precision);
    }

    /// <summary>A step on all examples, as many as a batch has.</summary>
    public static TimedCase Train(ExecutionOptions options, Model model, Dataset data, int batch, Loss loss, Optimizer optimizer, TrainingPrecision precision = TrainingPrecision.Float32)
    {
        var trainer = new Trainer { Model = model, Loss = loss, Optimizer = optimizer, Precision = precision };
        trainer.Prepare(data.Layout);
        Function step = Function.Compile(trainer.TrainingStep, options);
        Batch all = data.Batches(new BatchOptions { Size = batch }).Single();
        return Of(step, [.. step.Signature.Inputs.Select(input => all[input.Name!])]);
    }

    public static TimedCase Infer(ExecutionOptions options, Module model, int[] shape, int batch, DType type = DType.Float32)
    {
        model.InputShape = Shape.OfSizes(shape);
        Function function = Function.Compile(model.InferenceIn(type), options with { FixedParameters = true });
        Value[] inputs = [Normal([batch, .. shape], 3)];
        return Of(function, inputs);
    }

    private static TimedCase Gemm(ExecutionOptions options, int m, int n, int k, bool transposeA, bool transposeB)
    {
        var workers = new Workers(options.Threads);
        Value a = Normal(transposeA ? [k, m] : [m, k], 4);
        Value b = Normal(transposeB ? [n, k] : [k, n], 5);
        Value c = Value.Zeros(DType.Float32, m, n);
        return new TimedCase(() => Autograd.Kernels.Gemm.Multiply(
            transposeA, transposeB, m, n, k, 1f, a.Span<float>(), a.Sizes[1], b.Span<float>(), b.Sizes[1], 0f, c.Span<float>(), n, workers));
    }

    public static TimedCase Of(Function function, Value[] inputs)
    {
        var outputs = new Value[function.Signature.Outputs.Count];
        return new TimedCase(() => function.RunInto(inputs, outputs), runs => function.Profile(inputs, runs));
    }

    private static Sequential Small()
    {
        var random = new RandomSource(1);
        return new Sequential(new Dense(32, 64, random) { Activation = Ops.Relu }, new Dense(64, 64, random) { Activation = Ops.Relu }, new Dense(64, 3, random));
    }

    private static Sequential MnistMlp()
    {
        var random = new RandomSource(1);
        return new Sequential(
            new Dropout(0.2, random), new Dense(784, 1024, random) { Activation = Ops.Relu }, new Dropout(0.5, random),
            new Dense(1024, 1024, random) { Activation = Ops.Relu }, new Dropout(0.5, random), new Dense(1024, 10, random));
    }

    internal static Sequential MnistCnn()
    {
        var random = new RandomSource(1);
        return new Sequential(
            new Conv2D(1, 32, 5, random) { Activation = Ops.Relu, Padding = Padding.Same }, new MaxPool2D(2),
            new Conv2D(32, 64, 5, random) { Activation = Ops.Relu, Padding = Padding.Same }, new MaxPool2D(2),
            new Flatten(), new Dense(64 * 7 * 7, 512, random) { Activation = Ops.Relu }, new Dense(512, 10, random));
    }

    public static Value Normal(int[] sizes, int seed)
    {
        Value value = Value.Zeros(DType.Float32, sizes);
        new RandomSource((ulong)seed).FillNormal(value.Span<float>(), 0, 1);
        return value;
    }
}
