using System.Diagnostics;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;

namespace Toolkit.Samples.Digits;

/// <summary>The main job: data, training, export, scoring, report.</summary>
internal static class DigitsRun
{
    private const int BatchSize = 128;

    public static int Execute(DigitsOptions options, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        Directory.CreateDirectory(options.Output);
        (Dataset train, Dataset validation, Dataset test) = LoadData(options);
        Console.WriteLine($"Training set: {train}. Validation set: {validation}. Test set: {test}.");

        Sequential model = Networks.Create(options.Model, new RandomSource(options.Seed));
        Trainer trainer = CreateTrainer(options, model, train);
        Console.WriteLine(model.Summary());

        History history = Train(options, trainer, train, validation, cancellation);
        Console.WriteLine(history);
        if (history.StopReason == StopReason.Diverged)
        {
            Console.Error.WriteLine($"Error: {history.StopMessage}");
            return 1;
        }

        string curve = Path.Combine(options.Output, "learning-curve.png");
        LearningCurve.Save(history, curve);

        // The network is trained on logits; what is served are probabilities, with the label beside them.
        Signature logits = model.Inference;
        Variable probabilities = logits.Outputs[0].Variable.Softmax();
        var served = new Signature(
            logits.Inputs, [new Output("probabilities", probabilities), new Output("label", probabilities.ArgMax(1))], name: "digits");
        string file = Path.Combine(options.Output, "digits.onnx");
        OnnxExporter.Export(served, file, new OnnxExportOptions { Description = "Handwritten digits: class probabilities from 28 × 28 grey pixels in [0, 1]." });
        Console.WriteLine($"Written: {file} ({new FileInfo(file).Length:N0} bytes), {curve}");

        IReadOnlyList<Scores> scores = Scoring.ThreeWays(served, file, test, options);
        if (options.Profile)
        {
            Profile(options, trainer, train);
        }

        Report.Print(scores, test, clock.Elapsed);
        return 0;
    }

    /// <summary>Runs some more steps, measured; they change the weights, which are exported by now.</summary>
    private static void Profile(DigitsOptions options, Trainer trainer, Dataset train)
    {
        Batch batch = train.Batches(new BatchOptions { Size = BatchSize }).First();
        Function step = Function.Compile(trainer.TrainingStep, trainer.Execution);
        step.Profile([batch.Features, batch.Target]);
        FunctionProfile profile = step.Profile([batch.Features, batch.Target]);
        Console.WriteLine(profile);
        string trace = Path.Combine(options.Output, "trace.json");
        using FileStream stream = File.Create(trace);
        profile.WriteChromeTrace(stream);
        Console.WriteLine($"Written: {trace} (open it in chrome://tracing or Perfetto)");
    }

    private static (Dataset Train, Dataset Validation, Dataset Test) LoadData(DigitsOptions options)
    {
        (Dataset train, Dataset validation, Dataset test) = options.Data is { } folder
            ? Dataset.LoadIdx(folder, validation: 0.1)
            : (GeneratedDigits.Create(20_000, seed: 1), GeneratedDigits.Create(2_000, seed: 3), GeneratedDigits.Create(4_000, seed: 2));
        int[] shape = options.Model == "cnn" ? [1, 28, 28] : [784];
        return (train.Reshape(shape), validation.Reshape(shape), test.Reshape(shape));
    }

    private static Trainer CreateTrainer(DigitsOptions options, Sequential model, Dataset train)
    {
        int steps = Math.Max(1, options.Epochs * ((train.Count + BatchSize - 1) / BatchSize));
        var trainer = new Trainer
        {
            Model = model,
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Adam { LearningRate = new CosineDecay(1e-3, 1e-5, steps) },
            Metrics = [new Accuracy()],
            Execution = new ExecutionOptions { Threads = options.Threads },
        };
        trainer.Prepare(train.Layout);
        if (options.Resume)
        {
            Checkpoint.Load(
                options.Checkpoint ?? throw new ArgumentException("--resume needs --checkpoint FILE: the file to go on from."), trainer);
            Console.WriteLine($"Resumed after epoch {trainer.EpochsDone} from {options.Checkpoint}.");
        }

        return trainer;
    }

    private static History Train(DigitsOptions options, Trainer trainer, Dataset train, Dataset validation, CancellationToken cancellation)
    {
        History? history = null;
        ProgressDisplay.Run(options.Epochs, (train.Count + BatchSize - 1) / BatchSize, progress => history = trainer.Fit(
            train,
            new FitOptions
            {
                Epochs = options.Epochs,
                BatchSize = BatchSize,
                Seed = options.Seed,
                Validation = validation,
                CheckpointPath = options.Checkpoint,
                Progress = progress,
                ProgressSteps = 20,
            },
            cancellation));
        return history!;
    }
}
