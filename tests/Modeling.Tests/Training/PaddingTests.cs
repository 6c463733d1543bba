using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Tests.Components;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>Padding changes no number: every loss, metric, and whatever else mixes along a ragged axis.</summary>
public sealed class PaddingTests
{
    private static readonly int[] Lengths = [2, 0, 3];
    private static readonly int[] Rows = [0, 1, 1, 0, 1];
    private static readonly float[] Weights = [2, 5, 0.5f];

    /// <summary>Several tasks are a sum of losses; a loss of sequences takes another mean.</summary>
    public static TheoryData<string> Losses => [.. LossTable.Rows.Keys.Except([nameof(MultiTask), nameof(SequenceLoss)])];

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_loss_is_the_mean_over_all_steps(string name)
    {
        (Case row, int outputs, Variable target) = LossTable.Rows[name];
        var loss = (Loss)row.Make!();
        Value targets = Run.Values(target)[0];
        double[] scores = [.. Enumerable.Range(0, Rows.Length * outputs).Select(i => Math.Sin((i * 1.3) + 0.2))];
        Variable flat = Variable.Of(Value.Of(scores, Rows.Length, outputs)), chosen = Ops.Gather(target, Run.Labels([.. Rows.Select(r => (long)r)]));
        foreach (bool weighted in new[] { false, true })
        {
            float[] each = [.. Lengths.SelectMany((length, i) => Enumerable.Repeat(Weights[i], length))];
            double expected = Run.Number(loss.Mean(flat, chosen, weighted ? Variable.Of(Value.Of(each, each.Length)) : null));
            foreach (int steps in new[] { 3, 5 })
            {
                Field[] fields = [new("target", target.DType, ["time", .. target.Shape.Skip(1)]), .. weighted ? [new Field("weight", DType.Float32, [])] : (Field[])[]];
                var symbols = new ExampleSymbols(fields);
                Variable z = Variable.Input("z", DType.Float64, ["batch", "time", outputs]);
                Variable mean = loss.Mean(new Named(("output", z)), symbols.Fields, symbols);
                Value[] inputs = [Padded(scores, outputs, steps, double.NaN), Padded(targets, steps), .. weighted ? [Value.Of(Weights, 3)] : (Value[])[], Value.Of([2L, 0, 3], 3)];
                Value[] found = Compile([z, .. symbols.All], mean, Gradient.Of(mean, z)).Run(inputs);
                Assert.Equal(expected, found[0].Scalar(), 1e-12);
                double[] gradient = Run.Numbers(found[1]);
                Assert.All(gradient, slope => Assert.True(double.IsFinite(slope)));
                Assert.All(gradient[..(steps * outputs)][(2 * outputs)..], slope => Assert.Equal(0.0, slope));
                Assert.Contains(gradient, slope => slope != 0.0);
            }
        }
    }

    [Fact]
    public void A_metric_counts_steps()
    {
        double[] scores = [2, 1, 0.5, -1, 3, 2.5, 0, -2, 4, 1, 1, 1, 2, 2, -1];
        long[] labels = [0, 2, 2, 1, 1];
        var trained = new LabelledOnly(new SoftmaxCrossEntropy());
        foreach (Metric metric in new Metric[] { new Accuracy(), new TopK(2), new F1(), new F1 { Class = 1 } })
        {
            double[][] sums = [.. metric.Observe(Variable.Of(Value.Of(scores, 5, 3)), Run.Labels(labels), null).Select(Run.Numbers)];
            double expected = metric.Total(sums);
            foreach (int steps in new[] { 3, 6 })
            {
                var symbols = new ExampleSymbols([new Field("target", DType.Int64, ["time"]) { Classes = 3 }]);
                Variable z = Variable.Input("z", DType.Float64, ["batch", "time", 3]);
                var list = new MeasureList();
                list.AddLoss(trained.TermsOf(new Named(("output", z)), symbols.Fields, symbols));
                list.AddMetrics([metric], new Named(("output", z)), symbols, trained);
                var totals = new MeasureTotals(list.Measures);
                Value[] found = Compile([z, .. symbols.All], [.. list.Outputs.Select(output => output.Variable)])
                    .Run(Padded(scores, 3, steps, double.NaN), Padded(Value.Of(labels, 5), steps, rows: [0, 1, 2, 3, 4]), Value.Of([2L, 0, 3], 3));
                totals.Add(found, 3);
                Assert.Equal(expected, totals.Of(1, metric.Name), 1e-12);
            }
        }
    }

    [Fact]
    public void Statistics_of_a_batch_are_those_of_what_is_there()
    {
        double[] x = [.. Enumerable.Range(0, 10).Select(i => Math.Cos(i * 0.9))];
        foreach (float[]? weights in new float[]?[] { null, Weights })
        {
            float[] each = [.. Lengths.SelectMany((length, i) => Enumerable.Repeat(Weights[i], length))];
            var flatContext = new ForwardContext(Mode.Training) { Weight = weights is null ? null : Variable.Of(Value.Of(each, each.Length)) };
            var plain = new BatchNormalization(2);
            double[] expected = Run.Numbers(plain.Forward(Variable.Of(Value.Of([.. x.Select(v => (float)v)], 5, 2)), flatContext));
            foreach (int steps in new[] { 3, 4 })
            {
                var symbols = new ExampleSymbols([new Field("x", DType.Float32, ["time", 2]), .. weights is null ? [] : new[] { new Field("weight", DType.Float32, []) }]);
                var context = new ForwardContext(Mode.Training) { Examples = symbols, Weight = symbols.Weight };
                Variable input = Ops.Transpose(symbols.Fields["x"], [0, 2, 1]);
                Variable output = Ops.Transpose(new BatchNormalization(2).Forward(input, context), [0, 2, 1]);
                Value padded = Padded(x, 2, steps, 1e6), single = Value.Of([.. Run.Numbers(padded).Select(v => (float)v)], 3, steps, 2);
                Value found = Compile(symbols.All, output).Run([single, .. weights is null ? [] : new[] { Value.Of(weights, 3) }, Value.Of([2L, 0, 3], 3)])[0];
                Run.Close(expected, [.. There(found, 2)], 1e-5);
            }
        }
    }

    [Fact]
    public void Pooling_over_steps_is_over_those_that_are_there()
    {
        double[] x = [1, -2, 3, 0.5, -1, -4, -2, -3, -6, -0.5];
        foreach (int steps in new[] { 3, 7 })
        {
            Assert.Equal([2, -0.75, 0, 0, -3, -2.5], Pooled(new GlobalPool(), steps));
            Assert.Equal([3, 0.5, 0, 0, -1, -0.5], Pooled(new GlobalPool { Greatest = true }, steps));
        }

        double[] Pooled(GlobalPool pool, int steps)
        {
            var symbols = new ExampleSymbols([new Field("x", DType.Float64, ["time", 2])]);
            Variable result = pool.Forward(symbols.Fields["x"], new ForwardContext(Mode.Inference) { Examples = symbols });
            return Run.Numbers(Compile(symbols.All, result).Run(Padded(x, 2, steps, double.NaN), Value.Of([2L, 0, 3], 3))[0]);
        }
    }

    [Fact]
    public void A_penalty_on_hidden_units_takes_each_step_for_an_example()
    {
        double[] x = [.. Enumerable.Range(0, 10).Select(i => Math.Cos(i * 0.9))];
        foreach (Regularizer regularizer in new Regularizer[] { new HiddenL1(0.7, "hidden"), new HiddenMean(0.3, "hidden", 0.2), new HiddenStudentT(0.5, "hidden"), new HiddenKl(0.4, "hidden", 0.3) })
        {
            Variable flat = Variable.Of(Value.Of(x, 5, 2));
            double expected = Run.Number(regularizer.Penalty(Objective(new ExampleSymbols(new Named(("x", flat), ("target", flat))))));
            foreach (int steps in new[] { 3, 4 })
            {
                var symbols = new ExampleSymbols([new Field("x", DType.Float64, ["time", 2]), new Field("target", DType.Float64, ["time", 2])]);
                Value padded = Padded(x, 2, steps, 0.9);
                Assert.Equal(expected, Compile(symbols.All, regularizer.Penalty(Objective(symbols))).Run(padded, padded, Value.Of([2L, 0, 3], 3))[0].Scalar(), 1e-12);
            }
        }

        static Objective Objective(ExampleSymbols symbols) => new(
            new Activation(z => z.Sigmoid()) { Name = "hidden" }, new MeanSquaredError(), symbols, ["x"], new ForwardContext(Mode.Training) { Examples = symbols });
    }

    [Fact]
    public void A_convolution_that_keeps_the_length_sees_no_padding()
    {
        var random = new RandomSource(1);
        float[][] x = [.. Lengths.Select((length, i) => Enumerable.Range(0, 2 * length).Select(k => (float)Math.Cos((0.9 * k) + i)).ToArray())];
        foreach (Module module in new Module[]
        {
            new Conv1D(2, 3, 3, random) { Padding = Padding.Same }, new Conv1D(2, 3, 2, random) { Pads = [1, 0] }, new Conv1D(2, 2, 3, random) { Groups = 2, Dilation = 2, Padding = Padding.Same },
            new Sequential(new Conv1D(2, 3, 2, random) { Padding = Padding.Same, Activation = Activations.Gelu }, new Conv1D(3, 1, 4, random) { Padding = Padding.Same }),
            new ConvTranspose1D(2, 3, 3, random) { Padding = Padding.Same },
        })
        {
            foreach (int steps in new[] { 3, 5 })
            {
                var symbols = new ExampleSymbols([new Field("x", DType.Float32, ["time", 2])]);
                Variable result = ByStep(module, symbols.Fields["x"], new ForwardContext(Mode.Inference) { Examples = symbols });
                Value padded = Value.Full(double.NaN, DType.Float32, Lengths.Length, steps, 2);
                for (int i = 0; i < Lengths.Length; i++)
                    x[i].CopyTo(padded.Span<float>()[(i * steps * 2)..]);
                Value found = Compile(symbols.All, result).Run(padded, Value.Of([.. Lengths.Select(length => (long)length)], Lengths.Length))[0];
                int width = found.Sizes[2];
                for (int i = 0; i < Lengths.Length; i++)
                {
                    double[] expected = Lengths[i] == 0 ? [] : Run.Numbers(ByStep(module, Run.Tensor(x[i], 1, Lengths[i], 2), new ForwardContext(Mode.Inference)));
                    Run.Close(expected, Run.Numbers(found)[(i * steps * width)..((i * steps * width) + expected.Length)], 1e-6);
                }
            }
        }

        static Variable ByStep(Module module, Variable x, ForwardContext context) => Ops.Transpose(module.Forward(Ops.Transpose(x, [0, 2, 1]), context), [0, 2, 1]);
    }

    [Fact]
    public void What_knows_nothing_of_padding_refuses_it()
    {
        var random = new RandomSource(1);
        var symbols = new ExampleSymbols([new Field("image", DType.Float32, ["height", 4, 4]), new Field("text", DType.Float32, ["time", 2])]);
        var context = new ForwardContext(Mode.Inference) { Examples = symbols };
        Variable image = Ops.Transpose(symbols.Fields["image"], [0, 2, 1, 3]);
        foreach (Module module in new Module[] { new Conv2D(4, 2, 3, random), new Conv2D(4, 2, 3, random) { Padding = Padding.Same, Stride = 2 }, new MaxPool2D(2), new AveragePool2D(2), new StochasticPool2D(2, random) })
            Assert.Contains("\"height\"", Assert.Throws<ShapeException>(() => module.Forward(image, context)).Message, StringComparison.Ordinal);
        Assert.Contains("\"time\"", Assert.Throws<ShapeException>(() => new Flatten().Forward(symbols.Fields["text"], context)).Message, StringComparison.Ordinal);
    }

    private static Function Compile(IReadOnlyList<Variable> inputs, params Variable[] outputs) =>
        Function.Compile(inputs, outputs, null, new ExecutionOptions { Threads = 1 });

    /// <summary>The five steps of sequences of 2, 0 and 3, in so many steps.</summary>
    private static Value Padded(double[] numbers, int columns, int steps, double padding)
    {
        double[] padded = [.. Enumerable.Repeat(padding, 3 * steps * columns)];
        Array.Copy(numbers, 0, padded, 0, 2 * columns);
        Array.Copy(numbers, 2 * columns, padded, 2 * steps * columns, 3 * columns);
        return Value.Of(padded, 3, steps, columns);
    }

    /// <summary>Rows of a target as steps, padded with zeros as batches are.</summary>
    private static Value Padded(Value targets, int steps, int[]? rows = null)
    {
        int row = targets.Bytes.Length / targets.Sizes[0];
        Value padded = Value.Zeros(targets.DType, [3, steps, .. targets.Sizes[1..]]);
        for (int i = 0; i < 5; i++)
        {
            int at = i < 2 ? i : (2 * steps) + i - 2;
            targets.Bytes.Slice((rows ?? Rows)[i] * row, row).CopyTo(padded.Bytes[(at * row)..]);
        }

        return padded;
    }

    /// <summary>The numbers of the five steps.</summary>
    private static IEnumerable<double> There(Value padded, int columns)
    {
        double[] numbers = Run.Numbers(padded);
        int steps = padded.Sizes[1];
        return numbers[..(2 * columns)].Concat(numbers[(2 * steps * columns)..((2 * steps * columns) + (3 * columns))]);
    }
}
