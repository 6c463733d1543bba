using CsCheck;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>Trainings on sequences of different lengths.</summary>
public sealed class SequenceTrainingTests
{
    private const int Count = 90, Words = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_class_of_a_sequence_is_learned_from_its_steps()
    {
        Trainer trainer = Texts();
        var options = new FitOptions { Epochs = 40, BatchSize = 16, BucketBy = "time" };
        Assert.True(trainer.Fit(Data(), options, Token).Epochs[^1].Metrics["topic accuracy"] > 0.95);
        Assert.Equal(["text", "time.length"], trainer.Model.Inference.Inputs.Select(input => input.Name));
        // Padding changes no prediction: one at a time there is none beyond rounding to few lengths.
        double[] together = Run.Numbers(trainer.Model.PredictAll(Data())["topic"]);
        double[] alone = Run.Numbers(new Predictor(trainer.Model, Data().Layout).PredictAll(Data(), batchSize: 1)["topic"]);
        Run.Close(together, alone, 1e-5);
        Assert.Equal(trainer.Evaluate(Data(), 90).Loss, trainer.Evaluate(Data(), 4).Loss, 1e-6);
    }

    [Fact]
    public void Each_step_has_a_target_of_its_own()
    {
        var trainer = new Trainer
        {
            Model = new Embedding(Words, 2, new RandomSource(2)),
            Loss = new SoftmaxCrossEntropy { Target = "even" },
            Optimizer = new Adam { LearningRate = 0.1 },
            Metrics = [new Accuracy { Target = "even" }, new F1 { Target = "even" }],
        };
        Dataset data = Dataset.Of([.. Data().Columns.Where(column => column.Field.Name != "topic")]);
        History history = trainer.Fit(data, new() { Epochs = 30, BatchSize = 16 }, Token);
        Assert.Equal(1.0, history.Epochs[^1].Metrics["accuracy"]);
        Assert.Equal(1.0, history.Epochs[^1].Metrics["f1"]);
        Value all = trainer.Model.Predict(data);
        Value one = new Predictor(trainer.Model, data.Layout).Predict(data, batchSize: 1);
        // The longest has 11 words, which are padded to 12.
        Assert.Equal([Count, 12, 2], all.Sizes.ToArray());
        Run.Close(Run.Numbers(all), Run.Numbers(one), 1e-6);
    }

    [Fact]
    public void An_interrupted_training_with_buckets_goes_on_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("training");
        var options = new FitOptions { Epochs = 3, BatchSize = 8, Seed = 5, BucketBy = "time" };
        Trainer whole = Texts(), first = Texts(), second = Texts();
        whole.Fit(Data(), options, Token);
        first.Fit(Data(), options with { Steps = 17 }, Token);
        Checkpoint.Save(file, first);
        Checkpoint.Load(file, second);
        Assert.Contains(
            "by \"time\"", Assert.Throws<ArgumentException>(() => second.Fit(Data(), options with { BucketBy = null }, Token)).Message, StringComparison.Ordinal);
        second.Fit(Data(), options, Token);
        Assert.All(whole.Parameters.Zip(second.Parameters), pair => Assert.True(pair.First.Value.BitEquals(pair.Second.Value), pair.First.Name));
    }

    [Fact]
    public void Buckets_have_every_example_once_in_an_order_of_chance_and_little_padding() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 9], Gen.ULong, Gen.Int[0, 4], Gen.Bool).Sample((count, size, seed, epoch, isFull) =>
        {
            count = isFull ? count * size : count;
            int[] order = Permutation.Of(count, Permutation.Random(seed, epoch));
            int[] found = Buckets.Sort(order, Length, size, Permutation.Random(seed, epoch));
            Assert.Equal(order.Order(), found.Order());
            Assert.Equal(found, Buckets.Sort(order, Length, size, Permutation.Random(seed, epoch)));

            // Where the last batch is short, chance may have put the longest example there alone.
            Assert.True(count % size != 0 || Padding(found) <= Padding(order));
            foreach (int[] batch in found.Chunk(size))
                Assert.Equal(batch.Select(Length).Order(), batch.Select(Length));

            int Padding(int[] rows) => rows.Chunk(size).Sum(batch => (batch.Max(Length) * batch.Length) - batch.Sum(Length));

            static int Length(int row) => row * row % 13;
        });

    [Fact]
    public void Buckets_of_an_axis_that_is_not_there_are_refused() => Assert.Contains(
        "\"place\"", Assert.Throws<ArgumentException>(() => Texts().Fit(Data(), new() { BucketBy = "place" }, Token)).Message, StringComparison.Ordinal);

    /// <summary>The topic is whether more words are in the first half of the dictionary; each word is even or odd.</summary>
    private static Dataset Data()
    {
        var random = new RandomSource(4);
        long[][] text = [.. Enumerable.Range(0, Count).Select(_ => Enumerable.Range(0, 1 + (2 * random.NextInt32(6))).Select(_ => (long)random.NextInt32(Words)).ToArray())];
        return Dataset.Of(
            Column.Ragged("text", "time", text),
            Column.RaggedLabels("even", "time", [.. text.Select(words => words.Select(word => word % 2).ToArray())], 2),
            Column.Labels("topic", [.. text.Select(words => words.Count(word => word < Words / 2) * 2 > words.Length ? 1L : 0)], 2));
    }

    private static Trainer Texts() => new()
    {
        Model = new TextModel(new RandomSource(3)),
        Loss = new SoftmaxCrossEntropy().On("topic") + (0.1 * new SoftmaxCrossEntropy { Target = "even", Output = "marks" }),
        Optimizer = new Adam { LearningRate = 0.05 },
        Metrics = [new Accuracy().On("topic")],
        Execution = new ExecutionOptions { Threads = 1 },
    };

    private sealed class TextModel(RandomSource random) : Model
    {
        private readonly Embedding words = new(Words, 4, random);
        private readonly GlobalPool pool = new();
        private readonly Dense topic = new(4, 2, random), marks = new(4, 2, random);

        public override IReadOnlyList<Model> Children => [words, pool, topic, marks];

        protected override Named Build(Named inputs, ForwardContext context)
        {
            Variable steps = words.Forward(inputs["text"], context);
            return new Named(("topic", topic.Forward(pool.Forward(steps, context), context)), ("marks", marks.Forward(steps, context)));
        }
    }
}
