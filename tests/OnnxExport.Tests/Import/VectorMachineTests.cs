using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Tests.Export;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Support vector machines give the labels, scores and gradients of plain loops, and the numbers of ONNX Runtime, read and written again.</summary>
public class VectorMachineTests
{
    private const int Batch = 6, Features = 3;

    private static readonly string[] Kernels = ["LINEAR", "POLY", "RBF", "SIGMOID"];

    private static readonly VectorMachine[] Machines =
    [
        .. Kernels.Select(kernel => new VectorMachine(kernel, 3, 2, 4, 3)),
        .. Kernels.Select(kernel => new VectorMachine(kernel, 2, 3, 2)),
        .. Kernels.Select(kernel => new VectorMachine(kernel, 4, 2, 1, 3, 2) { HasShares = true }),
        .. new[] { "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO" }.SelectMany(transform => new VectorMachine[]
        {
            new("RBF", 3, 2, 4, 3) { Transform = transform },
            new("RBF", 2, 3, 2) { Transform = transform },
            new("RBF", 3, 2, 4, 3) { Transform = transform, HasShares = true },
            new("LINEAR", 3) { Transform = transform },
        }),
        new("RBF", 2, 3, 2) { HasShares = true },
        new("RBF", 3, 2, 4, 3) { Transform = "PROBIT", HasShares = true },
        new("RBF", 3, 2, 0, 3),
        new("RBF", 3, 2, 4, 3) { Center = 1000 },
        new("POLY", 3, 2, 4, 3) { Degree = 2 },
        new("POLY", 2, 3, 2) { IsPositive = true },
        new("LINEAR", 2),
        new("RBF", 2) { IsPositive = true },
        new("LINEAR", 2) { HasShares = true },
        new("LINEAR", 4),
    ];

    private static readonly string[] Names = ["none", "some", "many", "all"];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, Machines.Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_machine_gives_the_labels_and_scores_of_plain_loops_and_of_ONNX_Runtime(int row)
    {
        VectorMachine machine = Machines[row];
        Value x = Inputs(machine, row);
        bool areTexts = row % 2 == 0;
        OneNode node = machine.Node().Of(x).Gives(areTexts ? DataType.String : DataType.Int64, DataType.Float);
        node = areTexts ? node.With("classlabels_strings", Names[..machine.Classes]) : node.With("classlabels_ints", [.. Enumerable.Range(0, machine.Classes).Select(i => 10L * i)]);
        OnnxModel model = OnnxModel.Load(node.Bytes(Any));
        Value[] found = Function.Compile(model.Signature).Run(x);

        (int Winner, double[] Scores)[] expected = [.. Enumerable.Range(0, Batch).Select(i => machine.Run(Row(x, i)))];
        string[] labels = [.. expected.Select(each => areTexts ? Names[each.Winner] : $"{10 * each.Winner}")];
        Assert.Equal(labels, Labels(found[0]));
        Value scores = Value.Of([.. expected.SelectMany(each => each.Scores).Select(score => (float)score)], Batch, expected[0].Scores.Length);
        Parity.Equal(scores, found[1], 2e-5, machine.ToString());

        using OnnxSession session = OnnxSession.Load(node.Bytes(found)), written = OnnxSession.Load(OnnxExporter.Export(model.Signature, model.ExportOptions));
        foreach ((OnnxSession each, string what) in new[] { (session, "in ONNX Runtime"), (written, "written again") })
        {
            IReadOnlyList<Value> results = each.Run(x);
            Assert.Equal(labels, Labels(results[0]));
            Parity.Equal(scores, results[1], 2e-5, $"{machine} {what}");
        }
    }

    /// <summary>The gradient of Σ cᵢ·scoreᵢ at the inputs is that of differences of plain loops.</summary>
    [Theory]
    [MemberData(nameof(Rows))]
    public void Scores_have_gradients_at_the_inputs(int row)
    {
        VectorMachine machine = Machines[row];
        Value x = Inputs(machine, row);
        OneNode node = machine.Node().Of(x).Gives(DataType.Int64, DataType.Float).With("classlabels_ints", [.. Enumerable.Range(0, machine.Classes).Select(i => (long)i)]);
        Signature signature = OnnxModel.Load(node.Bytes(Any)).Signature;
        Variable scores = signature.Outputs[1].Variable;
        float[] weights = [.. Enumerable.Range(0, scores.Shape[1].Size).Select(i => (float)Math.Cos(i))];
        Variable loss = Ops.Sum(scores * Variable.Of(Value.Of(weights, weights.Length)));
        Value gradient = Function.Compile(signature.Inputs, [.. Gradient.Of(loss, signature.Inputs)]).Run(x)[0];

        double Loss(double[] point) => machine.Run(point).Scores.Zip(weights, (score, weight) => score * weight).Sum();
        for (int i = 0; i < Batch; i++)
        {
            double[] at = Row(x, i);
            for (int f = 0; f < Features; f++)
            {
                const double Step = 1e-5;
                double[] up = [.. at], down = [.. at];
                (up[f], down[f]) = (at[f] + Step, at[f] - Step);
                double expected = (Loss(up) - Loss(down)) / (2 * Step), found = gradient[(i * Features) + f];
                Assert.True(Math.Abs(expected - found) <= 1e-3 * Math.Max(1, Math.Abs(expected)), $"{machine}, example {i}, feature {f}: expected {expected:R}, found {found:R}");
            }
        }
    }

    [Fact]
    public void Inputs_are_of_any_type_of_numbers_and_a_vector_is_one_example()
    {
        var machine = new VectorMachine("RBF", 3, 2, 4, 3);
        foreach (Value x in new[] { Value.Of([1L, -2, 0], 1, 3), Value.Of([1, -2, 0], 1, 3), Value.Of([1.0, -2, 0], 1, 3), Value.Of([1f, -2, 0], 3) })
        {
            OneNode node = machine.Node().Of(x).Gives(DataType.Int64, DataType.Float).With("classlabels_ints", [0L, 1L, 2L]);
            Value[] found = Function.Compile(OnnxModel.Load(node.Bytes(Any)).Signature).Run(x);
            (int winner, double[] scores) = machine.Run([1, -2, 0]);
            Assert.Equal(winner, found[0][0]);
            Parity.Equal(Value.Of([.. scores.Select(score => (float)score)], 1, 3), found[1], 1e-5, x.ToString());
            using OnnxSession session = OnnxSession.Load(node.Bytes(found));
            Parity.Equal(found[1], session.Run(x)[1], 1e-5, x.ToString());
        }
    }

    /// <summary>The digits in which features far from 0 differ are not lost in the squares of the features.</summary>
    [Fact]
    public void A_regressor_tells_features_far_from_zero_apart()
    {
        float[] coefficients = [1f, -0.5f], vectors = [1000.25f, -2000f, 999.5f, -2001f];
        Value x = Value.Of([1000f, -2000.5f, 999f, -2000f], 2, 2);
        OneNode node = new OneNode("SVMRegressor", 17).In("ai.onnx.ml").Of(x).With("coefficients", coefficients).With("support_vectors", vectors).With("n_supports", 2).With("kernel_type", "RBF")
            .With("kernel_params", [0.5f, 0f, 0f]).With("rho", [0.25f]);
        Value[] found = Function.Compile(OnnxModel.Load(node.Bytes(Any)).Signature).Run(x);
        double Squared(int i, int v) => Math.Pow(x[2 * i] - vectors[2 * v], 2) + Math.Pow(x[(2 * i) + 1] - vectors[(2 * v) + 1], 2);
        float[] expected = [.. Enumerable.Range(0, 2).Select(i => (float)(0.25 + Math.Exp(-0.5 * Squared(i, 0)) - (0.5 * Math.Exp(-0.5 * Squared(i, 1)))))];
        Parity.Equal(Value.Of(expected, 2, 1), found[0], 1e-6, "against plain loops");
        using OnnxSession session = OnnxSession.Load(node.Bytes(found));
        Parity.Equal(session.Run(x)[0], found[0], 1e-6, "against ONNX Runtime");
    }

    [Fact]
    public void Numbers_that_do_not_fit_are_refused()
    {
        (Func<OneNode, OneNode> Change, string Reason)[] rows =
        [
            (node => node.With("classlabels_ints", [1L]), "labels of two classes or more, found 1"),
            (node => node.With("classlabels_ints", [1L, 2L]).With("vectors_per_class", [3L]), "vectors_per_class with 2 numbers of at least 0, found 3"),
            (node => node.With("classlabels_ints", [1L, 2L]).With("vectors_per_class", [2L, -1L]), "vectors_per_class with 2 numbers of at least 0, found 2, -1"),
            (node => Good(node).With("rho", [1f, 2f]), "1 numbers as rho, one for each pair of classes, found 2"),
            (node => Good(node).With("rho", [1f]).With("coefficients", [1f]).With("support_vectors", [1f, 2f, 3f, 4f, 5f, 6f]), "expects 1·3 numbers, found 1"),
            (node => Good(node).With("rho", [1f]).With("coefficients", [1f, 2f, 3f]).With("support_vectors", [1f]), "expects 3·2 numbers, found 1"),
            (node => Whole(node).With("prob_a", [1f]), "1 numbers as prob_b, one for each pair of classes, found 0"),
            (node => Whole(node).With("kernel_params", [1f]), "gamma, coef0 and degree as kernel_params, found 1 numbers"),
            (node => Whole(node).With("kernel_type", "COSINE"), "the kernel LINEAR, POLY, RBF or SIGMOID, found COSINE"),
            (node => Whole(node).With("post_transform", "PROBIT"), "expects the transform NONE, LOGISTIC, SOFTMAX or SOFTMAX_ZERO, found PROBIT"),
        ];
        Assert.All(rows, row =>
        {
            OneNode node = row.Change(new OneNode("SVMClassifier", 17).In("ai.onnx.ml").Of([1f, 2f], 1, 2)).Gives(DataType.Int64, DataType.Float);
            Assert.Contains(row.Reason, Assert.Throws<ImportException>(() => OnnxModel.Load(node.Bytes(Any))).Message, StringComparison.Ordinal);
        });

        static OneNode Good(OneNode node) => node.With("classlabels_ints", [1L, 2L]).With("vectors_per_class", [2L, 1L]);
        static OneNode Whole(OneNode node) => Good(node).With("rho", [1f]).With("coefficients", [1f, 2f, 3f]).With("support_vectors", [1f, 2f, 3f, 4f, 5f, 6f]);
    }

    private static Value[] Any => [Value.Zeros(DType.Float32), Value.Zeros(DType.Float32)];

    private static Value Inputs(VectorMachine machine, int seed) =>
        Value.Of([.. Enumerable.Range(0, Batch * Features).Select(i => machine.Center + (float)(1.5 * Math.Sin((3.7 * i) + seed)))], Batch, Features);

    private static double[] Row(Value x, int row) => [.. Enumerable.Range(0, Features).Select(f => x[(row * Features) + f])];

    private static string[] Labels(Value labels) => labels.DType == DType.String ? labels.Texts.ToArray() : [.. labels.ToArray<long>().Select(label => $"{label}")];
}
