using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Import;

namespace Toolkit.Samples.FineTune.Studies;

/// <summary>A detector of voices (Silero) hears whistles instead: its last layer alone is trained again, on short pieces of sound.</summary>
internal static class SoundStudy
{
    private const int Samples = 576, Rate = 16_000, BatchSize = 32;

    /// <summary>Does it.</summary>
    /// <param name="options">Model and training.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static IEnumerable<StudyFigure> Run(StudyOptions options, CancellationToken cancellation)
    {
        OnnxModel file = OnnxModel.Load(options.Model, cancellation: cancellation).Frozen("*").Trainable("*decoder.decoder*");
        Dataset train = Sounds(options.Examples, seed: 1), test = Sounds(options.Examples, seed: 2);
        var model = new SignatureModel(Detector(file));
        yield return new StudyFigure("before", Accuracy(model, test, options));
        var trainer = new Trainer { Model = model, Loss = new MeanSquaredError(), Optimizer = new Adam { LearningRate = 0.01 }, Execution = options.Execution };
        trainer.Fit(train, new FitOptions { Epochs = options.Epochs, BatchSize = BatchSize, Seed = options.Seed }, cancellation);
        yield return new StudyFigure("last layer", Accuracy(model, test, options));
    }

    /// <summary>The detector at one rate, at the beginning of a sound: its other inputs are constants.</summary>
    private static Signature Detector(OnnxModel file)
    {
        Variable sound = file.Inference.Inputs.Single(input => input.Name == "input");
        var constants = new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance);
        foreach (Variable input in file.Inference.Inputs.Where(input => input != sound))
        {
            constants.Add(input, input.Shape.Rank == 0
                ? Variable.Of(Value.Of((long)Rate))
                : Ops.Expand(Variable.Scalar(0, input.DType), [input.Shape[0], sound.Shape[0], input.Shape[2]], sound));
        }

        return new Signature([sound], [new Output("output", new Substitution(constants).Map(file.Inference.Outputs[0].Variable))], name: "detector");
    }

    private static double Accuracy(SignatureModel model, Dataset sounds, StudyOptions options)
    {
        Value found = model.Predict(sounds, options.Execution);
        float[] targets = sounds.Targets.ToArray();
        return Enumerable.Range(0, targets.Length).Average(i => (found[i] > 0.5) == (targets[i] > 0.5) ? 1.0 : 0.0);
    }

    /// <summary>Noise, and for every second piece a whistle in it that rises or falls.</summary>
    private static Dataset Sounds(int count, int seed)
    {
        var random = new Random(seed);
        var numbers = new float[count * Samples];
        var targets = new float[count];
        for (int n = 0; n < count; n++)
        {
            (double loudness, double start, double slope, double phase) = (0.05 + (0.2 * random.NextDouble()), 600 + (1500 * random.NextDouble()), (random.NextDouble() - 0.5) * 20_000, random.NextDouble() * 6);
            targets[n] = n % 2;
            for (int i = 0; i < Samples; i++)
            {
                double time = i / (double)Rate, noise = 0.05 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                numbers[(n * Samples) + i] = (float)(noise + (targets[n] * loudness * Math.Sin(phase + (2 * Math.PI * ((start * time) + (0.5 * slope * time * time))))));
            }
        }

        return Dataset.FromTargets(numbers, [Samples], targets, [1]);
    }
}
