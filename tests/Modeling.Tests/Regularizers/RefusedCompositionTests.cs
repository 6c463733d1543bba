using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Data.Augmentation;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Regularizers;

/// <summary>Combinations that make no sense are refused when the training is built, with the reason.</summary>
public sealed class RefusedCompositionTests
{
    private static readonly DataLayout Labelled = DataLayout.Labels([4], 2), Real = DataLayout.Values([4], [2]);

    public static TheoryData<string> OfClasses => ["VirtualAdversarial", "ConfidencePenalty", "EntropyMinimization", "PseudoLabels", "LabelNoise"];

    [Theory]
    [MemberData(nameof(OfClasses))]
    public void What_reads_class_probabilities_needs_a_loss_that_has_them(string name)
    {
        Regularizer regularizer = name switch
        {
            "VirtualAdversarial" => new VirtualAdversarial(0.1),
            "ConfidencePenalty" => new ConfidencePenalty(0.1),
            "EntropyMinimization" => new EntropyMinimization(0.1),
            "PseudoLabels" => new PseudoLabels(0.1),
            _ => new LabelNoise(0.1),
        };
        Refused($"{name} reads class probabilities", Make(new MeanSquaredError(), regularizers: regularizer), Real);
        Refused("found BinaryCrossEntropy", Make(new BinaryCrossEntropy(), regularizers: regularizer), Real);
        Make(new LabelledOnly(new SoftmaxCrossEntropy()), regularizers: regularizer).Prepare(Labelled);
        Make(new LabelledOnly(new ClassWeighted(new SoftmaxCrossEntropy(), 1, 2)), regularizers: regularizer).Prepare(Labelled);
    }

    [Fact]
    public void Mixup_and_target_noise_go_with_one_kind_of_target()
    {
        Refused("Mixup expects class labels", Make(new MeanSquaredError(), regularizers: new Mixup(0.4)), Real);
        Make(new SoftmaxCrossEntropy(), regularizers: new Mixup(0.4)).Prepare(Labelled);
        Refused("TargetNoise expects targets of real numbers", Make(new SoftmaxCrossEntropy(), regularizers: new TargetNoise(0.4)), Labelled);
        Make(new MeanSquaredError(), regularizers: new TargetNoise(0.4)).Prepare(Real);
    }

    [Fact]
    public void The_clean_loss_must_not_count_negatively()
    {
        Refused("found Mixup (1) and WeightNoise (1), 2 times that loss", Make(new SoftmaxCrossEntropy(), regularizers: [new Mixup(0.4), new WeightNoise(0.1)]), Labelled);
        Refused(
            "1.1 times that loss", Make(new SoftmaxCrossEntropy(), regularizers: [new AdversarialTraining(0.1), new IteratedAdversarial(0.1, 2) { Share = 0.6 }]), Labelled);
        Make(new SoftmaxCrossEntropy(), regularizers: [new Mixup(0.4) { Share = 0.5 }, new WeightNoise(0.1) { Share = 0.2 }, new AdversarialTraining(0.1) { Share = 0.3 }])
            .Prepare(Labelled);
    }

    /// <summary>Boosting takes the place of the whole loss: alone it may, beside another it may not.</summary>
    [Fact]
    public void Dropout_boosting_takes_the_place_of_the_whole_loss()
    {
        var random = new RandomSource(1);
        var model = new Sequential(new Dropout(0.5, random), new Dense(4, 2, random));
        Make(new SoftmaxCrossEntropy(), model, regularizers: new DropoutBoosting()).Prepare(Labelled);
        Refused(
            "found DropoutBoosting (1) and Mixup (0.25), 1.25 times that loss",
            Make(new SoftmaxCrossEntropy(), model, regularizers: [new DropoutBoosting(), new Mixup(0.4) { Share = 0.25 }]), Labelled);
    }

    [Fact]
    public void Projections_of_the_same_weights_must_not_contradict()
    {
        Refused("Expected one L2Ball for \"dense1.weight\"", Make(new SoftmaxCrossEntropy(), constraints: [new L2Ball(1), new L2Ball(3)]), Labelled);
        Refused("contradict", Make(new SoftmaxCrossEntropy(), constraints: [new AtLeast(1), new AtMost(0.5)]), Labelled);
        // In this order the ball can push weights out of the lower bound.
        Refused("found weights outside AtLeast", Make(new SoftmaxCrossEntropy(), constraints: [new AtLeast(0.5), new L2Ball(1)]), Labelled);
        Make(new SoftmaxCrossEntropy(), constraints: [new AtLeast(0.5), new AtMost(1)]).Prepare(Labelled);
        Make(new SoftmaxCrossEntropy(), constraints: [new L1Ball(3), new MaxColumnNorm(2), new MaxRowNorm(1), new L2Ball(5)]).Prepare(Labelled);
    }

    [Fact]
    public void Monte_carlo_needs_layers_that_draw()
    {
        var random = new RandomSource(1);
        Refused(
            "has taken the mean over all masks already",
            Make(new SoftmaxCrossEntropy(), new MonteCarlo(new Sequential(new Dropout(0.5, random), new FastDropout(4, 2, 0.5, FastDropoutUnit.Logit, random)), 3)),
            Labelled);
        Refused(
            "would use the batch of the moment",
            Make(new SoftmaxCrossEntropy(), new MonteCarlo(new Sequential(new Dropout(0.5, random), new BatchNormalization(4), new Dense(4, 2, random)), 3)),
            Labelled);
        Refused("runs are all the same", Make(new SoftmaxCrossEntropy(), new MonteCarlo(new Dense(4, 2, random), 3)), Labelled);
        Make(new SoftmaxCrossEntropy(), new MonteCarlo(new Sequential(new Dropout(0.5, random), new Dense(4, 2, random)), 3)).Prepare(Labelled);
    }

    [Fact]
    public void Metrics_have_names_of_their_own()
    {
        Refused("found \"accuracy\" twice", Measured(new Accuracy(), new Accuracy()), Labelled);
        Refused("found \"loss\" twice", Measured(new Called("loss")), Labelled);
        Refused("found \"learning_rate\" twice", Measured(new Called("learning_rate")), Labelled);
        Measured(new Accuracy(), new TopK(1), new TopK(2)).Prepare(Labelled);

        static Trainer Measured(params Metric[] metrics) =>
            new() { Model = new Dense(4, 2, new RandomSource(1)), Loss = new SoftmaxCrossEntropy(), Optimizer = new Sgd(), Metrics = metrics };
    }

    [Fact]
    public void Dropout_boosting_needs_dropout() =>
        Refused("expected a model with Dropout", Make(new SoftmaxCrossEntropy(), regularizers: new DropoutBoosting()), Labelled);

    [Fact]
    public void Pseudo_labels_need_a_loss_that_takes_unlabelled_examples() =>
        Refused("PseudoLabels is about examples without a label", Make(new SoftmaxCrossEntropy(), regularizers: new PseudoLabels(1)), Labelled);

    [Fact]
    public void Multipliers_and_tied_parameters_must_be_two()
    {
        var same = new NormMultiplier(1);
        Refused("would share it", Make(new SoftmaxCrossEntropy(), regularizers: [same, same]), Labelled);
        // The counter of a regularizer's random numbers has a dot in its name.
        Assert.Contains("without dots", Assert.Throws<ArgumentException>(
            () => Make(new SoftmaxCrossEntropy(), regularizers: [new NormMultiplier(1) { Name = "Mixup.counter" }]).Prepare(Labelled)).Message, StringComparison.Ordinal);
        Refused("found \"multiplier\" of NormMultiplier and of NormMultiplier", Make(new SoftmaxCrossEntropy(), regularizers: [new NormMultiplier(1), new NormMultiplier(2)]), Labelled);
        Make(new SoftmaxCrossEntropy(), regularizers: [new NormMultiplier(1), new NormMultiplier(2) { Name = "second" }]).Prepare(Labelled);
        Refused("\"dense1.weight\" twice", Make(new SoftmaxCrossEntropy(), regularizers: new TiedParameters(1, "dense1.weight", "dense1.weight")), Labelled);
    }

    [Fact]
    public void Unlabelled_examples_need_a_loss_that_takes_them()
    {
        Dataset data = Dataset.FromLabels(new float[12], [4], [0, -1, 1], 2, allowUnlabelled: true);
        Trainer trainer = Make(new SoftmaxCrossEntropy());
        Assert.Contains("LabelledOnly", Assert.Throws<DataException>(() => trainer.Fit(data, cancellationToken: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Contains("found some without one", Assert.Throws<DataException>(() => trainer.Evaluate(data)).Message, StringComparison.Ordinal);
        Make(new LabelledOnly(new SoftmaxCrossEntropy())).Fit(data, new() { Epochs = 1 }, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void What_is_changed_at_random_is_not_validated_on()
    {
        Dataset data = Dataset.FromLabels(new float[12], [2, 2], [0, 1, 1], 2);
        var augmented = new AugmentedSource(data, 1, new RandomAffine());
        foreach (IDataSource validation in new IDataSource[] { augmented, new PrefetchedSource(augmented), new BalancedSource(data) })
        {
            Trainer trainer = Make(new SoftmaxCrossEntropy(), new Sequential(new Flatten(), new Dense(4, 2, new RandomSource(1))));
            var error = Assert.Throws<ArgumentException>(() => trainer.Fit(data, new() { Validation = validation }, TestContext.Current.CancellationToken));
            Assert.Contains("would measure something else", error.Message, StringComparison.Ordinal);
        }
    }

    private static void Refused(string reason, Trainer trainer, DataLayout layout) =>
        Assert.Contains(reason, Assert.Throws<GraphException>(() => trainer.Prepare(layout)).Message, StringComparison.Ordinal);

    private static Trainer Make(Loss loss, Module? model = null, IReadOnlyList<Constraint>? constraints = null, params Regularizer[] regularizers) => new()
    {
        Model = model ?? new Sequential(new Dense(4, 3, new RandomSource(1)) { Activation = Ops.Tanh }, new Dense(3, 2, new RandomSource(2))),
        Loss = loss,
        Optimizer = new Sgd(),
        Constraints = constraints ?? [],
        Regularizers = regularizers,
    };

    private sealed record AtLeast(double Bound) : Constraint
    {
        public override Variable Project(Variable newValue, Parameter parameter) => Ops.Max(newValue, Bound);
    }

    private sealed record AtMost(double Bound) : Constraint
    {
        public override Variable Project(Variable newValue, Parameter parameter) => Ops.Min(newValue, Bound);
    }

    private sealed record Called(string Word) : MeanMetric
    {
        public override string Name => Word;

        public override Variable PerExample(Variable prediction, Variable target) => prediction.Sum([1]);
    }
}
