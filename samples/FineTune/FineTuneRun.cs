using System.Diagnostics;
using System.Globalization;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Samples.FineTune;

/// <summary>The whole way: file in, new head, training, file out, both engines compared.</summary>
internal static class FineTuneRun
{
    public static int Execute(FineTuneOptions options, CancellationToken cancellation)
    {
        (Dataset train, Dataset test) = Load(options);
        OnnxModel file = options.Model is { } path ? OnnxModel.Load(path, cancellation: cancellation) : Pretrained.Create(cancellation);
        OnnxModel body = file.Cut(options.Cut ?? LastProduct(file));
        if (options.Freeze.Count > 0)
            body = body.Frozen(options.Freeze);
        if (options.Rank > 0)
            body = body.WithLora(options.Rank, seed: options.Seed);
        int features = (int)body.Signature.Outputs[0].Variable.Shape.Skip(1).Aggregate(Dim.Of(1), (a, b) => a * b).Size;
        int classes = train.Layout.ClassCount;
        var model = new Sequential(
            new Reshape([.. body.Signature.Inputs[0].Shape.Skip(1).Select(dim => dim.Size)]),
            new SignatureModel(body.Inference),
            new Flatten(),
            new Dense(features, classes, new RandomSource(options.Seed)) { Name = "head" })
        { InputShape = [.. train.Layout.FeatureShape] };
        Console.WriteLine(model.Summary());

        int steps = options.Epochs * ((train.Count + options.BatchSize - 1) / options.BatchSize);
        var trainer = new Trainer
        {
            Model = model,
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam { LearningRate = new CosineDecay(options.LearningRate, options.LearningRate / 100, steps) },
            Metrics = [new Accuracy()],
        };
        double before = trainer.Evaluate(test)["accuracy"];
        var clock = Stopwatch.StartNew();
        History history = trainer.Fit(
            train, new FitOptions { Epochs = options.Epochs, BatchSize = options.BatchSize, Seed = options.Seed, Progress = new Reporter(), ProgressSteps = 100 }, cancellation);
        if (history.StopReason == StopReason.Diverged)
        {
            Console.Error.WriteLine($"Error: {history.StopMessage}");
            return 1;
        }

        Console.WriteLine(FormattableString.Invariant($"{train.Count} examples, {options.Epochs} epochs in {clock.Elapsed.TotalSeconds:F1} s"));
        double after = trainer.Evaluate(test)["accuracy"];
        model.ExportOnnx(options.Output, file.ExportOptions);
        Console.WriteLine($"Written: {options.Output}");
        double parity = Parity(model, options.Output, test);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"RESULT before={before:F4} after={after:F4} parity={parity:E1}"));
        return 0;
    }

    private static (Dataset Train, Dataset Test) Load(FineTuneOptions options)
    {
        (Dataset train, Dataset validation, Dataset test) = options.Data is { } folder
            ? Dataset.LoadIdx(folder, validation: 0.1)
            : (EvenOrOdd(9_000, seed: 5), EvenOrOdd(1_000, seed: 7), EvenOrOdd(2_000, seed: 6));
        return (train, options.Validate ? validation : test);

        static Dataset EvenOrOdd(int count, ulong seed)
        {
            Dataset digits = GeneratedDigits.Create(count, seed);
            return Dataset.FromLabels(digits.Features.ToArray(), [.. digits.Layout.FeatureShape], Array.ConvertAll(digits.Labels.ToArray(), label => label % 2), 2);
        }
    }

    /// <summary>The value that the last product with weights reads: what the head of most networks stands on.</summary>
    private static string LastProduct(OnnxModel file)
    {
        Node product = file.Signature.Nodes.LastOrDefault(node => node.Operation is Gemm or MatMul && node.Inputs[1].Parameter is not null)
            ?? throw new ArgumentException("Expected a product with weights to take the head off, found none: say where with --cut.");
        return file.Values.FirstOrDefault(value => ReferenceEquals(value.Value, product.Inputs[0])).Key
            ?? throw new ArgumentException("Expected a name of what the last product reads, found none: say where with --cut.");
    }

    /// <summary>The largest difference between the two engines, in units of the output or relative to it where it is above 1.</summary>
    private static double Parity(Sequential model, string path, Dataset test)
    {
        Dataset few = test.Take(Math.Min(256, test.Count));
        Value expected = model.Predict(few);
        using OnnxSession session = OnnxSession.Load(path);
        Value found = session.Run(few.Batches(new BatchOptions { Size = few.Count }).Single().Features)[0];
        return Enumerable.Range(0, expected.Count).Max(i => Math.Abs(expected[i] - found[i]) / Math.Max(1, Math.Abs(expected[i])));
    }

    private sealed class Reporter : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => Console.WriteLine(FormattableString.Invariant($"epoch {value.Epoch}, step {value.Step}: loss {value.Loss:F4}"));
    }
}
