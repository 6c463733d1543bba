using Toolkit.Autograd;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Tests.Losses;

/// <summary>What losses refuse, each with the whole of its message, and what they say of themselves to trainers and regularizers.</summary>
public sealed class LossRefusalTests
{
    private static readonly Loss Squared = new MeanSquaredError(), Classes = new SoftmaxCrossEntropy();
    private static readonly Dim Batch = "batch", Steps = "steps";

    [Fact]
    public void A_loss_made_of_nothing_is_refused()
    {
        Says<ArgumentException>("Expected a weight for each class, found none.", () => new ClassWeighted(Classes));
        Says<ArgumentException>("Expected at least one loss, found none.", () => new SumOfLosses());
        Says<ArgumentException>("Expected at least one task, found none.", () => new MultiTask());
        Says<ArgumentException>("Expected weights that are not all 0, found 2 with the sum 0.", () => new SequenceLoss(Squared) { Weights = [0, 0] });
        Says<ArgumentException>(
            "Expected tasks of distinct names, found two called \"b\".", () => new MultiTask(new("a", Squared), new("b", Squared), new("b", Classes)));
        Says<ArgumentOutOfRangeException>("Expected a number of at least 0 for factor, found -1.", () => new SumOfLosses((1, Squared), (-1, Squared)));
        Says<ArgumentOutOfRangeException>("Expected a number of at least 0 for factor, found -2.", () => -2 * Squared);
        Says<GraphException>("Expected names of tasks where a MultiTask is made, found \"c\" for all of them.", () => new MultiTask(new LearningTask("a", Squared)).On("c"));
        Assert.Equal([0, 3.0], new SequenceLoss(Squared) { Weights = [0, 3] }.Weights);
        Assert.Null(new SequenceLoss(Squared) { Weights = null }.Weights);
        Assert.Equal([0, 1.0], new SequenceLoss(Squared) { Weights = [0, 1] }.Weights);
    }

    [Fact]
    public void A_prediction_or_a_target_of_another_kind_is_refused()
    {
        Variable z = Input(Batch, 3), real = Input(Batch, 3), labels = Ids(Batch);
        Says<DTypeException>("ClassWeighted expects class labels (int64), found Float32[batch, 3].", () => new ClassWeighted(Classes, 1, 1, 1).Terms(z, real));
        Says<ShapeException>(
            "ClassWeighted expects a prediction of 2 classes, one for each weight, found [batch, 3].", () => new ClassWeighted(Classes, 1, 1).Terms(z, labels));
        Says<DTypeException>("LabelledOnly expects class labels (int64), found Float32[batch, 3].", () => new LabelledOnly(Classes).Terms(z, real));
        Says<DTypeException>("GenerativeDiscriminative expects class labels (int64), found Float32[batch, 3].", () => new GenerativeDiscriminative(1).Terms(z, real));
        Says<ShapeException>("HeteroscedasticGaussian expects the shape [batch, 4], found [batch, 3].", () => new HeteroscedasticGaussian { Outputs = 2 }.PerExample(z, real));
        Says<GraphException>(
            "MultiTask expects the outputs of a model by name, \"task_weights\" among them, found one prediction [batch, 3].",
            () => new MultiTask(new LearningTask("a", Squared)) { LearnWeights = true }.Terms(z, real));
        foreach ((Variable prediction, Variable target) in new[] { (Input(Batch, Steps), Input(Batch)), (Input(Batch), Input(Batch, Steps)), (Input(Batch, 3), Input(Batch, 4)), (Input(Batch), Input(Batch)) })
        {
            Says<ShapeException>(
                $"SequenceLoss expects a prediction and a target for each step, [batch, steps, …], found {prediction.Shape} and {target.Shape}.",
                () => new SequenceLoss(Squared).Terms(prediction, target));
        }

        Says<ShapeException>("OfWholeBatch must give one number per example, [batch]; found [].", () => Of(new OfWholeBatch(), z, real));
    }

    [Fact]
    public void What_a_loss_reads_by_name_is_there_and_fits()
    {
        Variable target = Input(Batch, Steps, 2);
        var sequence = new SequenceLoss(Squared) { Weight = "w" };
        Says<GraphException>(
            "MeanSquaredError reads \"price\": expected an output of the model of that name, found \"output\".", () => Of(Squared.On("price"), Input(Batch), Input(Batch)));
        Says<GraphException>(
            "MeanSquaredError reads \"price\": expected a field of the examples of that name, found \"target\", \"w\".",
            () => Of(Squared with { Target = "price" }, Input(Batch), Input(Batch), Input(Batch)));
        Says<GraphException>(
            "MeanSquaredError reads \"v\": expected a field of weights of that name, found \"target\", \"w\".",
            () => Of(Squared with { Weight = "v" }, Input(Batch), Input(Batch), Input(Batch)));
        Says<DTypeException>("MeanSquaredError expects a weight of real numbers, found \"w\" Int64[batch].", () => Of(Squared with { Weight = "w" }, Input(Batch), Input(Batch), Ids(Batch)));
        Says<ShapeException>(
            "MeanSquaredError expects a weight [batch] for the target [batch, 2], found \"w\" [batch, 2].", () => Of(Squared with { Weight = "w" }, Input(Batch, 2), Input(Batch, 2), Input(Batch, 2)));
        Says<ShapeException>("SequenceLoss expects a target [batch, steps, …], found \"target\" [batch].", () => Of(sequence, Input(Batch, Steps), Input(Batch), Input(Batch)));
        foreach (Variable prediction in new[] { Input(Batch), Input(Batch, 3, 2), Input(Steps, Steps, 2), Input(3, 4, 2) })
        {
            Says<ShapeException>(
                $"SequenceLoss expects a prediction for each step of the target \"target\", [batch, steps, …], found {prediction.Shape}.",
                () => Of(sequence, prediction, target, Input(Batch)));
        }

        Says<ShapeException>(
            "SequenceLoss expects a weight [batch] or [batch, steps], found \"w\" [batch, steps, 2].", () => Of(sequence, Input(Batch, Steps, 2), target, Input(Batch, Steps, 2)));
        Says<ShapeException>("SequenceLoss expects a weight [batch] or [batch, steps], found \"w\" [batch, 4].", () => Of(sequence, Input(Batch, Steps, 2), target, Input(Batch, 4)));
        Assert.Equal("[batch]", Of(sequence, Input(Batch, Steps, 2), target, Input(Batch, Steps))[0].PerExample.Shape.ToString());
        Assert.Equal("[batch]", Of(sequence, Input(Batch, Steps, 2), target, Input(Batch))[0].PerExample.Shape.ToString());
    }

    [Fact]
    public void A_composed_loss_reads_what_its_parts_read()
    {
        Assert.Equal((true, true, false), (Classes.ReadsClassLogits, Classes.ReadsLogits, Classes.TakesUnlabelled));
        Assert.Equal((false, true, false), (new BinaryCrossEntropy().ReadsClassLogits, new BinaryCrossEntropy().ReadsLogits, new BinaryCrossEntropy().TakesUnlabelled));
        Assert.Equal((false, false, false, false), (Squared.ReadsClassLogits, Squared.ReadsLogits, Squared.TakesUnlabelled, Squared.ReadsSteps));
        Assert.Equal((true, true), (new GenerativeDiscriminative(1).ReadsClassLogits, new GenerativeDiscriminative(1).TakesUnlabelled));
        foreach (Func<Loss, Loss> wrap in new Func<Loss, Loss>[] { loss => new LabelledOnly(loss), loss => new ClassWeighted(loss, 1, 1) })
        {
            Assert.Equal((true, true), (wrap(Classes).ReadsClassLogits, wrap(Classes).ReadsLogits));
            Assert.Equal((false, true), (wrap(new BinaryCrossEntropy()).ReadsClassLogits, wrap(new BinaryCrossEntropy()).ReadsLogits));
            Assert.False(wrap(Squared).ReadsLogits);
        }

        Loss labelled = new LabelledOnly(Classes);
        Assert.True((labelled + labelled).TakesUnlabelled);
        Assert.False((labelled + Classes).TakesUnlabelled);
        Assert.True((Classes + labelled).ReadsClassLogits);
        Assert.False((Classes + Squared).ReadsClassLogits);
        Assert.True(new MultiTask(new LearningTask("a", labelled)).TakesUnlabelled);
        Assert.False(new MultiTask(new("a", labelled), new("b", Classes)).TakesUnlabelled);
        Assert.True(new SequenceLoss(labelled).TakesUnlabelled);
        Assert.True(new SequenceLoss(Squared).ReadsSteps);
        Assert.True(new ClassWeighted(labelled, 1, 1).TakesUnlabelled);
    }

    [Fact]
    public void Factors_of_a_sum_multiply()
    {
        var sum = (SumOfLosses)(2 * ((3 * Squared) + (0 * Classes) + new Huber(1)));
        Assert.Equal([6.0, 0, 2], sum.Parts.Select(part => part.Factor));
        Assert.Equal([Squared, Classes, new Huber(1)], sum.Parts.Select(part => part.Loss));
        var named = (SumOfLosses)sum.On("price", "w");
        Assert.Equal([6.0, 0, 2], named.Parts.Select(part => part.Factor));
        Assert.All(named.Summands, part => Assert.Equal(("price", "price", "w"), (part.Output, part.Target, part.Weight)));
        Assert.Null(Squared.On("price").Weight);
    }

    /// <summary>An example without a label takes part in neither term, whatever weight its class would have.</summary>
    [Fact]
    public void Examples_without_a_label_go_through_class_weights()
    {
        Variable z = Variable.Of(Value.Of([1.0, 0, 0.5, 2, 7, 6], 3, 2));
        double[] plain = Run.Numbers(Classes.PerExample(z, Run.Labels(1, 0, 0)));
        Loss loss = new ClassWeighted(new LabelledOnly(Classes), 3, 0.5);
        Run.Close([0.5 * plain[0], 0, 3 * plain[2]], Run.Numbers(loss.PerExample(z, Run.Labels(1, -1, 0))), 1e-13);
        Assert.Equal(((0.5 * plain[0]) + (3 * plain[2])) / 3.5, Run.Number(loss.Mean(z, Run.Labels(1, -1, 0))), 1e-13);
    }

    /// <summary>Logits of yes and no have no axis of classes, and two classes all the same.</summary>
    [Fact]
    public void Class_weights_go_with_a_prediction_without_an_axis_of_classes()
    {
        double[] z = [0.3, -1, 2], nll = [Math.Log(1 + Math.Exp(-0.3)), Math.Log(1 + Math.Exp(-1)), Math.Log(1 + Math.Exp(2))];
        Loss loss = new ClassWeighted(new BinaryCrossEntropy(), 3, 0.5);
        double expected = ((0.5 * nll[0]) + (3 * nll[1]) + (3 * nll[2])) / 6.5;
        Assert.Equal(expected, Run.Number(loss.Mean(Variable.Of(Value.Of(z, 3)), Run.Labels(1, 0, 0))), 1e-13);
        Assert.Equal(expected, Run.Number(loss.Mean(Variable.Of(Value.Of(z, 3, 1)), Run.Labels(1, 0, 0))), 1e-13);
    }

    [Fact]
    public void A_sum_tells_the_first_fault_of_a_target()
    {
        Loss sum = Squared + new BinaryCrossEntropy() + new PoissonLikelihood();
        Assert.Null(sum.TargetFault([0, 1], 2));
        Assert.Equal("expected a probability from 0 to 1, found 1.5", sum.TargetFault([0, 1.5f], 2));
        Assert.Equal("expected a probability from 0 to 1, found -1", sum.TargetFault([-1], 1));
        Assert.Equal("expected a count, a whole number of at least 0, found 0.5", sum.TargetFault([1, 0.5f], 2));
    }

    /// <summary>A loss of two terms whose weight is learned pays for it once: e^(−s)·(a + b) + s.</summary>
    [Fact]
    public void A_learned_weight_of_a_task_of_two_terms_is_paid_for_once()
    {
        double[] z = [0.3, -1, 2, 0.5, 0.1, 0.9];
        var fields = new Named(("kind", Run.Labels(1, -1, 0)));
        var outputs = new Named(("kind", Variable.Of(Value.Of(z, 3, 2))), (MultiTask.WeightsOutput, Variable.Of(Value.Of([0.7, 0.7, 0.7], 3, 1))));
        double[] log = [.. z.Chunk(2).Select(row => Math.Log(row.Sum(Math.Exp)))];
        double labelled = (log[0] - z[1] + log[2] - z[4]) / 2, all = -0.5 * log.Average();
        Loss loss = new MultiTask(new LearningTask("kind", new GenerativeDiscriminative(0.5), 2)) { LearnWeights = true };
        Assert.Equal((2 * Math.Exp(-0.7) * (labelled + all)) + 0.7, Run.Number(loss.Mean(outputs, fields, new ExampleSymbols(fields))), 1e-12);
    }

    /// <summary>Terms for which each example counts once become one, their sum.</summary>
    [Fact]
    public void Terms_that_count_alike_are_added_up()
    {
        Variable z = Variable.Of(Value.Of([3.0, 1], 2)), y = Variable.Of(Value.Of([1.0, 0.5], 2));
        LossTerm term = Assert.Single(((2 * Squared) + new Huber(1)).MergedTerms(z, y));
        Run.Close([(2 * 4) + 1.5, (2 * 0.25) + 0.125], Run.Numbers(term.PerExample), 1e-14);
        Assert.Null(term.Counts);
    }

    private static IReadOnlyList<CountedTerm> Of(Loss loss, Variable prediction, Variable target, Variable? weight = null)
    {
        var fields = new Named([("target", target), .. weight is null ? [] : new[] { ("w", weight) }]);
        return loss.TermsOf(prediction, fields, new ExampleSymbols(fields));
    }

    private static Variable Input(params Dim[] sizes) => Variable.Input("x", DType.Float32, [.. sizes]);

    private static Variable Ids(params Dim[] sizes) => Variable.Input("ids", DType.Int64, [.. sizes]);

    private static void Says<T>(string message, Func<object> make)
        where T : Exception => Assert.Equal(message, Assert.Throws<T>(make).Message.Split(" (Parameter", 2)[0]);

    private sealed record OfWholeBatch : Loss
    {
        public override Variable PerExample(Variable prediction, Variable target) => (prediction - target).Sum();
    }
}
