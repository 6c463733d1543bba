using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Persistence;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>Long sequences learned in pieces whose states go on, and gradients that are clipped on the way.</summary>
public sealed class TruncatedTrainingTests
{
    private const int Streams = 4, Pieces = 24, Steps = 4, Delay = 2;

    private static readonly FitOptions Options = new() { Epochs = 60, BatchSize = Streams, Shuffle = false };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Each number comes back two steps later: those of the first two steps of a piece are known only from the piece before.</summary>
    [Theory]
    [InlineData(nameof(Recurrent))]
    [InlineData(nameof(Gru))]
    [InlineData(nameof(Lstm))]
    public void What_was_read_in_the_piece_before_is_remembered(string kind)
    {
        Trainer carried = Echo(kind, Streams), alone = Echo(kind, 0);
        carried.Fit(Data(), Options, Token);
        alone.Fit(Data(), Options, Token);
        double variance = Data().Targets.ToArray().Average(v => (double)v * v);
        // Without the state, half of the steps can only be guessed.
        Assert.InRange(carried.Fit(Data(), Options with { Epochs = 61 }, Token).Epochs[^1].Loss, 0, 0.1 * variance);
        Assert.InRange(alone.Fit(Data(), Options with { Epochs = 61 }, Token).Epochs[^1].Loss, 0.3 * variance, variance);
    }

    /// <summary>In another order a piece would go on where another sequence has ended.</summary>
    [Fact]
    public void Pieces_in_random_order_are_refused()
    {
        string message = Assert.Throws<ArgumentException>(() => Echo(nameof(Gru), Streams).Fit(Data(), Options with { Shuffle = true }, Token)).Message;
        Assert.Contains("expected examples in their order", message, StringComparison.Ordinal);
        Assert.Contains("gru1", message, StringComparison.Ordinal);
        Echo(nameof(Gru), 0).Fit(Data(), Options with { Shuffle = true, Epochs = 1 }, Token);
    }

    [Fact]
    public void The_state_after_an_epoch_is_that_of_the_whole_sequence()
    {
        var lstm = new Lstm(1, 3, new RandomSource(5)) { Streams = Streams, Layers = 2 };
        var trainer = new Trainer { Model = new Sequential(lstm, new Dense(3, 1, new RandomSource(6))), Loss = new MeanSquaredError(), Optimizer = new Sgd { LearningRate = 1e-30 } };
        trainer.Fit(Data(), new() { Epochs = 1, BatchSize = Streams, Shuffle = false }, Token);
        float[] features = Data().Features.ToArray();
        float[] whole = [.. Enumerable.Range(0, Streams).SelectMany(s => Enumerable.Range(0, Pieces).SelectMany(p => features[(((p * Streams) + s) * Steps)..(((p * Streams) + s + 1) * Steps)]))];
        Variable x = Run.Tensor(whole, Streams, Pieces * Steps, 1);
        Named after = lstm.Forward(new Named([("input", x), .. lstm.Zero(x).Select(state => (state.Key, state.Value))]), new ForwardContext(Mode.Inference));
        Parameter[] states = [.. lstm.Parameters.Where(p => p.Role == ParameterRole.State)];
        Assert.Equal(["state", "cell"], states.Select(p => p.Name.Split('.')[^1]));
        Run.Close(Run.Numbers(after["state"]), Run.Numbers(states[0].Value), 1e-5);
        Run.Close(Run.Numbers(after["cell"]), Run.Numbers(states[1].Value), 1e-5);
        lstm.Restart();
        Assert.All(states, state => Assert.All(Run.Numbers(state.Value), v => Assert.Equal(0.0, v)));
    }

    [Fact]
    public void An_interrupted_training_goes_on_with_the_states_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("training");
        Trainer whole = Echo(nameof(Gru), Streams), first = Echo(nameof(Gru), Streams), second = Echo(nameof(Gru), Streams);
        whole.Fit(Data(), Options with { Epochs = 3 }, Token);
        first.Fit(Data(), Options with { Epochs = 3, Steps = 31 }, Token);
        Checkpoint.Save(file, first);
        Checkpoint.Load(file, second);
        second.Fit(Data(), Options with { Epochs = 3 }, Token);
        Assert.All(whole.Parameters.Zip(second.Parameters), pair => Assert.True(pair.First.Value.BitEquals(pair.Second.Value), pair.First.Name));
    }

    /// <summary>Units whose recurrent weights lengthen: gradients grow with each step, and one step of descent throws the parameters away.</summary>
    [Fact]
    public void Clipped_gradients_do_not_explode()
    {
        float[] x = [.. Enumerable.Range(0, 32 * 20).Select(i => 0.5f + (0.5f * MathF.Sin(i * i)))];
        Dataset data = Dataset.FromTargets(x, [20, 1], [.. x.Chunk(20).Select(steps => steps.Average())], [1]);
        Optimizer plain = new Sgd { LearningRate = 0.05 };
        Assert.Equal(StopReason.Diverged, Fit(plain).StopReason);
        History clipped = Fit(new ClipByNorm(1, plain));
        Assert.Equal(StopReason.Completed, clipped.StopReason);
        Assert.True(clipped.Epochs[^1].Loss < 1e-3 * clipped.Epochs[0].Loss, $"found {clipped.Epochs[0].Loss} and {clipped.Epochs[^1].Loss}");

        History Fit(Optimizer optimizer) => new Trainer
        {
            Model = new Sequential(
                new Recurrent(1, 6, new RandomSource(2)) { Activation = "Affine", RecurrentInitializer = new Orthogonal(1.5), LastOnly = true }, new Dense(6, 1, new RandomSource(3))),
            Loss = new MeanSquaredError(),
            Optimizer = optimizer,
            Execution = new ExecutionOptions { Threads = 1 },
        }.Fit(data, new() { Epochs = 60, BatchSize = 32 }, Token);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Batches_of_another_number_of_streams_are_refused(int size) => Assert.ThrowsAny<ToolkitException>(
        () => Echo(nameof(Gru), Streams).Fit(Data(), Options with { Epochs = 1, BatchSize = size }, Token));

    private static Trainer Echo(string kind, int streams)
    {
        var random = new RandomSource(3);
        RecurrentModule memory = kind switch
        {
            nameof(Recurrent) => new Recurrent(1, 12, random) { Streams = streams },
            nameof(Gru) => new Gru(1, 12, random) { Streams = streams },
            _ => new Lstm(1, 12, random) { Streams = streams },
        };
        return new Trainer
        {
            Model = new Sequential(memory, new Dense(12, 1, random)),
            Loss = new MeanSquaredError(),
            Optimizer = new ClipByNorm(1, new Adam { LearningRate = 0.01 }),
            Execution = new ExecutionOptions { Threads = 1 },
        };
    }

    /// <summary>Row i of a batch is the next piece of stream i.</summary>
    private static Dataset Data()
    {
        var random = new RandomSource(11);
        float[][] streams = [.. Enumerable.Range(0, Streams).Select(_ => Enumerable.Range(0, (Pieces * Steps) + Delay).Select(_ => (float)random.NextUniform(-1, 1)).ToArray())];
        (int Piece, int Stream)[] order = [.. Enumerable.Range(0, Pieces).SelectMany(p => Enumerable.Range(0, Streams).Select(s => (p, s)))];
        return Dataset.FromTargets(
            [.. order.SelectMany(at => streams[at.Stream][((at.Piece * Steps) + Delay)..(((at.Piece + 1) * Steps) + Delay)])], [Steps, 1],
            [.. order.SelectMany(at => streams[at.Stream][(at.Piece * Steps)..((at.Piece + 1) * Steps)])], [Steps, 1]);
    }
}
