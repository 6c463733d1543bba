using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;

namespace Toolkit.Samples.Federated;

/// <summary>The accuracies on digits that nobody has seen.</summary>
/// <param name="Together">That of what all have learned together.</param>
/// <param name="Alone">The best that one of them comes to with its own data in as many passes.</param>
public sealed record DigitsOutcome(double Together, double Alone);

/// <summary>Several parties learn to read digits. Most of what each has are two of the ten.</summary>
public static class DigitsFederation
{
    private const int Pictures = 1_600, OfAllKinds = 40;

    /// <summary>The examples of a party: pictures of its own two digits, and a few of all.</summary>
    /// <param name="party">The number of the party, from 0.</param>
    public static Dataset DataOf(int party)
    {
        Dataset all = GeneratedDigits.Create(Pictures, seed: (ulong)party + 1);
        return all.Select([.. Enumerable.Range(0, Pictures).Where(i => i < OfAllKinds || all.Labels.Span[i] / 2 == party % 5)]);
    }

    /// <summary>The training that all make.</summary>
    public static Trainer Create()
    {
        var random = new RandomSource(42);
        var trainer = new Trainer
        {
            Model = new Sequential(
                new Dense(784, 64, random) { Activation = Ops.Relu, WeightInitializer = new HeNormal() },
                new Dense(64, 10, random)),
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = new Sgd { LearningRate = 0.1 },
            Metrics = [new Accuracy()],
        };
        trainer.Prepare(DataOf(0).Layout);
        return trainer;
    }

    /// <summary>Lets the parties train, together and alone.</summary>
    /// <param name="count">The number of parties.</param>
    /// <param name="rounds">The number of rounds.</param>
    /// <param name="folder">Where the exported step goes.</param>
    public static DigitsOutcome Run(int count, int rounds, string folder)
    {
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, "step.onnx");
        Trainer trainer = Create();
        trainer.TrainingStep.ExportOnnx(file);
        IReadOnlyDictionary<string, Value> start = trainer.Model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value.Clone());
        Party[] parties = [.. Enumerable.Range(0, count).Select(i => new Party(file, DataOf(i)))];
        try
        {
            double together = AccuracyOf(Federation.Train(parties, start, rounds));
            return new DigitsOutcome(together, parties.Max(party => AccuracyOf(Federation.Train([party], start, rounds))));
        }
        finally
        {
            foreach (Party party in parties)
                party.Dispose();
        }

        double AccuracyOf(IReadOnlyDictionary<string, Value> parameters)
        {
            foreach (Parameter parameter in trainer.Model.Parameters)
                parameter.Value = parameters[parameter.Name];
            return trainer.Evaluate(GeneratedDigits.Create(1_000, seed: 1_000)).Metrics["accuracy"];
        }
    }
}
