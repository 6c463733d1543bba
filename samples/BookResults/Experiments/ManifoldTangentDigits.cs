using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Manifolds;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Schedules;
using Toolkit.Modeling.Training;

namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>The steps of <see cref="ManifoldTangentClassifier"/> one by one, so that the classifiers that are compared begin with the same autoencoder.</summary>
internal sealed class ManifoldTangentDigits : Experiment
{
    private const int Units = 500, Tangents = 8, BatchSize = 100, Draws = 3;
    private const double Contraction = 0.3, Strength = 0.001;

    public override string Name => "manifold-tangents";

    public override string Source => "MNIST with few labels: the manifold tangent classifier, book 7.14 (Rifai et al. 2011)";

    public override string Settings =>
        "contractive autoencoder of 500 sigmoid units with tied weights on all images (λ = 0.3, one random direction; Adam 0.001, batches of 100); then 784-500-10, Adam 0.001 → 0, 100 passes in batches " +
        "of 20 over the labelled: random weights, those of the autoencoder, and these with tangent prop along 8 learned tangents of each (0.001); mean over 3 draws; epochs are those of the autoencoder";

    public override int Epochs => 20;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (Dataset train, Dataset test) = laboratory.Data.Digits();
        Autoencoder autoencoder = Create(laboratory.Random("autoencoder"));
        var trainer = new Trainer
        {
            Model = autoencoder,
            Loss = new BinaryCrossEntropy(),
            Optimizer = new Adam { LearningRate = 0.001 },
            Regularizers = [new Contractive(Contraction, autoencoder.CodeName) { Projections = 1 }],
            Execution = laboratory.Execution,
        };
        laboratory.Train("autoencoder", trainer, train.AsReconstruction(), new FitOptions { Epochs = laboratory.Epochs, BatchSize = BatchSize });
        var figures = new List<Figure>();
        foreach ((int labels, string[] published) in new (int, string[])[]
        {
            (100, ["25.81", "13.47 (two layers of 2,000)", "12.03 (two layers of 2,000)"]),
            (1000, ["10.7", "4.77 (two layers of 2,000)", "3.64 (two layers of 2,000)"]),
        })
        {
            var errors = new double[3];
            for (int draw = 0; draw < Draws; draw++)
            {
                double[] found = Compare(laboratory, autoencoder, train, test, labels, draw);
                laboratory.Say(FormattableString.Invariant($"{labels} labels, draw {draw}: random weights {found[0]:F2} %, autoencoder {found[1]:F2} %, tangents {found[2]:F2} %"));
                for (int i = 0; i < errors.Length; i++)
                    errors[i] += found[i] / Draws;
            }

            string[] kinds = ["random weights", "contractive autoencoder", "manifold tangents"];
            figures.AddRange(kinds.Select((kind, i) => new Figure($"test error %, {labels} labels, {kind}", errors[i], published[i])));
        }

        return figures;
    }

    private static Autoencoder Create(RandomSource random)
    {
        var encoder = new Dense(784, Units, random) { Activation = Ops.Sigmoid };
        return new Autoencoder(encoder, new TransposedDense(encoder));
    }

    private static double[] Compare(Laboratory laboratory, Autoencoder autoencoder, Dataset train, Dataset test, int labels, int draw)
    {
        RandomSource random = laboratory.Random("labels").Fork(labels).Fork(draw);
        int[] rows = [.. Enumerable.Range(0, train.Count)];
        random.Shuffle(rows.AsSpan());
        Dataset few = train.Select(rows.GroupBy(row => train.Labels.Span[row]).SelectMany(group => group.Take(labels / 10)).ToArray());
        ManifoldTangents tangents = ManifoldTangents.Of(autoencoder.Encoder, few, Tangents, seed: laboratory.Seed);
        double Error(string kind, Module? pretrained, double strength)
        {
            Module encoder = Create(random.Fork("weights")).Encoder;
            var classifier = new Sequential(encoder, new Dense(Units, 10, random.Fork("top"))) { InputShape = [784] };
            if (pretrained is not null)
                Copy(pretrained, encoder);
            var trainer = new Trainer
            {
                Model = classifier,
                Loss = new SoftmaxCrossEntropy(),
                Metrics = [new Accuracy()],
                Optimizer = new Adam { LearningRate = new LinearDecay(0.001, 0, 100 * labels / 20) },
                Regularizers = strength > 0 ? [new TangentProp(strength, "tangents")] : [],
                Execution = laboratory.Execution,
            };
            laboratory.Train($"{labels}-{draw}-{kind}", trainer, strength > 0 ? TangentData.Attach(few, tangents) : few, new FitOptions { Epochs = 100, BatchSize = 20 });
            return SmallTraining.Error(trainer, test);
        }

        return [Error("random", null, 0), Error("autoencoder", autoencoder.Encoder, 0), Error("tangents", autoencoder.Encoder, Strength)];
    }

    private static void Copy(Module from, Module to)
    {
        foreach ((Parameter source, Parameter target) in from.Parameters.Zip(to.Parameters))
            source.Value.Span<float>().CopyTo(target.Value.Span<float>());
    }
}
