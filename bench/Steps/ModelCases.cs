using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Bench.Steps;

/// <summary>Training steps of models of several parts, the same as in the program that they are compared with.</summary>
internal static class ModelCases
{
    /// <summary>Rows of 28 × 28 pictures as 28 steps through one LSTM layer of 128, the last state into 10 classes, Adam, batch 64.</summary>
    public static TimedCase LstmRows(ExecutionOptions options)
    {
        var random = new RandomSource(1);
        return Cases.Train(
            options, new Sequential(new Lstm(28, 128, random) { LastOnly = true }, new Dense(128, 10, random)), [28, 28], 10, 64, new Adam { LearningRate = 1e-3 });
    }

    /// <summary>Four encoder layers (width 128, 4 heads, 256 hidden, ReLU, no dropout, normalization behind each part), mean over 64 positions, 10 classes, Adam, batch 16.</summary>
    public static TimedCase Transformer(ExecutionOptions options)
    {
        var random = new RandomSource(1);
        var model = new Sequential(
            new TransformerEncoder(128, 4, random) { Layers = 4, Hidden = 256 }, new GlobalPool { Axes = [1] }, new Dense(128, 10, random));
        return Cases.Train(options, model, [64, 128], 10, 16, new Adam { LearningRate = 1e-3 });
    }

    /// <summary>3 × 3 convolution to 32 channels, residual blocks of two 3 × 3 convolutions with batch normalization: 32, 64 (stride 2), 128 (stride 2); global mean, 10 classes, Adam,
    /// batch 32.</summary>
    public static TimedCase SmallResNet(ExecutionOptions options)
    {
        var random = new RandomSource(1);
        var model = new Sequential(
            Convolution(3, 32, 3, 1, random), new BatchNormalization(32), new Activation(Ops.Relu),
            new Block(32, 32, 1, random), new Block(32, 64, 2, random), new Block(64, 128, 2, random), new GlobalPool(), new Dense(128, 10, random));
        return Cases.Train(options, model, [3, 32, 32], 10, 32, new Adam { LearningRate = 1e-3 });
    }

    /// <summary>Eight categorical columns of 1,000 values embedded in 16 numbers each, beside 32 numbers; 256-256 rectified units, one output, squared error, Adam, batch 256.</summary>
    public static TimedCase TabularEmbedding(ExecutionOptions options)
    {
        const int Rows = 256;
        var random = new RandomSource(2);
        var numbers = new float[Rows * 32];
        var targets = new float[Rows];
        random.FillNormal(numbers, 0, 1);
        random.FillNormal(targets, 0, 1);
        long[] ids = [.. Enumerable.Range(0, Rows * Table.Columns).Select(_ => (long)random.NextInt32(Table.Values))];
        Dataset data = Dataset.Of(Column.Of("ids", ids, Table.Columns), Column.Of("numbers", numbers, 32), Column.Of("target", targets, 1));
        return Cases.Train(options, new Table(random), data, Rows, new MeanSquaredError(), new Adam { LearningRate = 1e-3 });
    }

    private static Conv2D Convolution(int from, int to, int kernel, int stride, RandomSource random) =>
        new(from, to, kernel, random) { Stride = stride, Padding = Padding.Same, UseBias = false };

    private sealed class Block(int from, int to, int stride, RandomSource random) : Module
    {
        private readonly Sequential body = new(
            Convolution(from, to, 3, stride, random), new BatchNormalization(to), new Activation(Ops.Relu), Convolution(to, to, 3, 1, random), new BatchNormalization(to));

        private readonly Sequential? skip = from == to && stride == 1 ? null : new(Convolution(from, to, 1, stride, random), new BatchNormalization(to));

        public override IReadOnlyList<Module> Children => skip is null ? [body] : [body, skip];

        protected override Variable Build(Variable input, ForwardContext context) =>
            Ops.Relu(body.Forward(input, context) + (skip?.Forward(input, context) ?? input));
    }

    private sealed class Table : Model
    {
        public const int Columns = 8, Values = 1000;

        private readonly Embedding[] tables;
        private readonly Dense[] layers;

        public Table(RandomSource random)
        {
            tables = [.. Enumerable.Range(0, Columns).Select(_ => new Embedding(Values, 16, random))];
            layers = [new Dense(160, 256, random) { Activation = Ops.Relu }, new Dense(256, 256, random) { Activation = Ops.Relu }, new Dense(256, 1, random)];
        }

        public override IReadOnlyList<Model> Children => [.. tables, .. layers];

        protected override Named Build(Named inputs, ForwardContext context)
        {
            Variable ids = inputs["ids"];
            Variable[] parts = [.. tables.Select((table, i) => table.Forward(ids.Slice(1, i, i + 1).Reshape([ids.Shape[0]]), context)), inputs["numbers"]];
            return layers.Aggregate(Ops.Concat(1, parts), (x, layer) => layer.Forward(x, context));
        }
    }
}
