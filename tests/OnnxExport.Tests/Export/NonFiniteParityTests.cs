using Google.Protobuf;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>NaN, infinite and very small numbers: the engine and ONNX Runtime give the same.</summary>
public class NonFiniteParityTests
{
    public static TheoryData<int> Opsets => [13, 17, 21];

    private static readonly double[][] Rows =
    [
        [1, double.NaN, 3, 0, 0, 0, 0, 0, 0, 0],
        [double.NaN, 1, double.NaN, 0, 0, 0, 0, 0, 0, 0],
        [3, 2, 1, 0.5, -0.5, -2, 4, 5, 6, double.NaN],
        [double.NegativeInfinity, double.PositiveInfinity, -1e30, 1e30, 1e-30, -1e-30, 1e-7, -1e-7, -1e-3, 1e-3],
    ];

    [Theory]
    [MemberData(nameof(Opsets))]
    public void Elementwise_functions_and_the_position_of_the_greatest(int opset)
    {
        foreach (DType type in new[] { DType.Float32, DType.Float64 })
        {
            Variable x = Variable.Input("x", type, [10]);
            Variable[] results =
            [
                new ArgMax(0, false).Apply(x), Ops.Max(x, 0), Ops.Min(x, 0), Ops.Clip(x, -1, 1), Ops.Relu(x), Ops.Sign(x), -x, Ops.Abs(x), Ops.LeakyRelu(x),
                Ops.Softplus(x), Ops.Tanh(x), Ops.Sigmoid(x), Ops.ExpM1(x), Ops.Cast(Ops.Greater(x, 0), type), Ops.Cast(Ops.Less(x, 0), type),
                Ops.Cast(Ops.GreaterOrEqual(x, Variable.Scalar(0, type)), type), Ops.Cast(Ops.Equal(x, x), type),
            ];
            Signature signature = new([x], [.. results.Select((r, i) => new Output($"y{i}", r))]);
            using OnnxSession session = Load(signature, opset);
            foreach (double[] row in Rows)
            {
                Value value = type == DType.Float32 ? Value.Of([.. row.Select(v => (float)v)], 10) : Value.Of(row, 10);
                Parity.Check(session, signature, [value], 1e-6);
                IReadOnlyList<Value> interpreted = Interpreter.Run(signature, value);
                Assert.All(Function.Compile(signature).Run(value).Zip(interpreted), p => Assert.True(p.First.BitEquals(p.Second)));
                int greatest = Array.FindIndex(row, double.IsNaN) is var nan and >= 0 ? nan : Array.IndexOf(row, row.Max());
                Assert.Equal(greatest, interpreted[0].Scalar());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Opsets))]
    public void Cross_entropy_of_an_infinite_logit_that_is_not_the_labels_is_finite(int opset)
    {
        foreach (DType type in new[] { DType.Float32, DType.Float64 })
        {
            Variable z = Variable.Input("z", type, [2, 3]);
            Variable y = Variable.Input("y", DType.Int64, [2]);
            Variable losses = new LogitCrossEntropy().Apply(z, y);
            Signature signature = new([z, y], [new Output("losses", losses), new Output("gradient", Gradient.Of(Ops.Sum(losses), z))]);
            double[] logits = [1, 2, double.NegativeInfinity, double.NegativeInfinity, 0, 0];
            Value[] inputs = [type == DType.Float32 ? Value.Of([.. logits.Select(v => (float)v)], 2, 3) : Value.Of(logits, 2, 3), Value.Of([0L, 1L], 2)];
            double share = 1 / (1 + Math.E);
            double[] expected = [Math.Log(1 + Math.E), Math.Log(2)], gradient = [share - 1, 1 - share, 0, 0, -0.5, 0.5];
            using OnnxSession session = Load(signature, opset);
            foreach (IReadOnlyList<Value> found in new[] { Function.Compile(signature).Run(inputs), session.Run(inputs) })
            {
                Assert.All(expected, (e, i) => Assert.Equal(e, found[0][i], 1e-6));
                Assert.All(gradient, (e, i) => Assert.Equal(e, found[1][i], 1e-6));
            }
        }
    }

    private static OnnxSession Load(Signature signature, int opset) =>
        OnnxSession.Load(OnnxExporter.ToModel(signature, new OnnxExportOptions { Opset = opset }).ToByteArray());
}
