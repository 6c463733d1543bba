using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>Which of two marks comes first among other words: both classes have the same words, in another order.</summary>
public sealed class OrderTests
{
    private const int Words = 8, First = 6, Second = 7, Longest = 8;

    [Fact]
    public void A_transformer_tells_the_order_of_words_and_a_bag_of_words_does_not()
    {
        var random = new RandomSource(2);
        Module[] transformer = [new PositionalEncoding(), new TransformerEncoder(16, 2, random) { Layers = 2, Hidden = 32, NormalizeFirst = true }];
        Assert.InRange(AccuracyOf(new Reader(16, transformer, random)), 0.99, 1);
        Assert.InRange(AccuracyOf(new Reader(16, [new Dense(16, 32, random) { Activation = Ops.Relu }, new Dense(32, 16, random)], random)), 0.4, 0.6);
    }

    /// <summary>On sequences that were not learned from.</summary>
    private static double AccuracyOf(Model model)
    {
        var trainer = new Trainer
        {
            Model = model,
            Loss = new SoftmaxCrossEntropy().On("order"),
            Optimizer = new ClipByNorm(1, new Adam { LearningRate = 0.003 }),
            Metrics = [new Accuracy().On("order")],
            Execution = new ExecutionOptions { Threads = 1 },
        };
        trainer.Fit(Data(1500, 1), new() { Epochs = 15, BatchSize = 32, BucketBy = "time" }, TestContext.Current.CancellationToken);
        return trainer.Evaluate(Data(1000, 2))["order accuracy"];
    }

    /// <summary>Words of sequences of 2 to 8, each mark once; the class is whether the first mark stands before the second.</summary>
    private static Dataset Data(int count, ulong seed)
    {
        var random = new RandomSource(seed);
        var text = new long[count][];
        var order = new long[count];
        for (int i = 0; i < count; i++)
        {
            int length = 2 + random.NextInt32(Longest - 1), a = random.NextInt32(length), b = (a + 1 + random.NextInt32(length - 1)) % length;
            text[i] = [.. Enumerable.Range(0, length).Select(place => place == a ? First : place == b ? Second : (long)random.NextInt32(First))];
            order[i] = a < b ? 1 : 0;
        }

        return Dataset.Of(Column.Ragged("text", "time", text), Column.Labels("order", order, 2));
    }

    /// <summary>Words as vectors, what is made of each step, and the class of their mean.</summary>
    private sealed class Reader(int width, Module[] layers, RandomSource random) : Model
    {
        private readonly Embedding words = new(Words, width, random);
        private readonly GlobalPool pool = new();
        private readonly Dense order = new(width, 2, random);

        public override IReadOnlyList<Model> Children => [words, .. layers, pool, order];

        protected override Named Build(Named inputs, ForwardContext context)
        {
            Variable steps = layers.Aggregate(words.Forward(inputs["text"], context), (x, layer) => layer.Forward(x, context));
            return new Named(("order", order.Forward(pool.Forward(steps, context), context)));
        }
    }
}
