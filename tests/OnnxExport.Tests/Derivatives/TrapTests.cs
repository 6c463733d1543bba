using Google.Protobuf;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Derivatives;

/// <summary>Values and derivatives at points where other libraries give NaN, infinity or lost digits: interpreted, compiled, and exported to ONNX Runtime.</summary>
public sealed class TrapTests
{
    private static readonly IReadOnlyList<Trap> All =
        [
            .. ChoiceTraps.All, .. NormTraps.All, .. PowerTraps.All, .. SoftmaxTraps.All, .. ActivationTraps.All, .. SelectionTraps.All, .. SumTraps.All, .. LossTraps.All, .. EqualFormTraps.All, .. ComponentTraps.All,
            .. ConvolutionTraps.All, .. DistanceTraps.All, .. ElementaryTraps.All, .. JointTraps.All, .. OrderTraps.All,
        ];

    public static TheoryData<string> Names => [.. All.Select(trap => trap.ToString())];

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_right(string name)
    {
        Trap trap = All.Single(t => t.ToString() == name);
        foreach (DType type in trap.Types)
        {
            Variable x = Variable.Input("x", type, trap.Shape);
            Variable y = trap.Function(x);
            for (int order = 0; order < trap.Order; order++)
                y = Gradient.Of(Ops.Sum(y), x);
            var signature = new Signature([x], [new Output("y", y)]);
            Value point = Point(trap, type);
            Check(trap, type, "interpreted", Interpreter.Run(signature, point)[0]);
            Check(trap, type, "compiled", Function.Compile(signature).Run(point)[0]);
            if (trap.RuntimeDiffers is not null || !trap.RuntimeTypes.Contains(type))
                continue;
            using OnnxSession session = OnnxSession.Load(OnnxExporter.ToModel(signature).ToByteArray());
            Check(trap, type, "in ONNX Runtime", session.Run([point])[0]);
        }
    }

    private static Value Point(Trap trap, DType type)
    {
        int[] sizes = [.. trap.Shape.Select(d => d.Size)];
        return type == DType.Float32 ? Value.Of([.. trap.Point.Select(v => (float)v)], sizes) : Value.Of(trap.Point, sizes);
    }

    private static void Check(Trap trap, DType type, string where, Value found)
    {
        Assert.Equal(trap.Right.Length, found.Count);
        double tolerance = type == DType.Float32 ? trap.Tolerance : 1e-8;
        for (int i = 0; i < trap.Right.Length; i++)
        {
            double least = trap.Right[i], greatest = trap.AtMost?[i] ?? least, got = found[i];
            double slack = double.IsFinite(least) ? tolerance * Math.Max(Math.Abs(least), Math.Abs(greatest)) : 0;
            Assert.True(
                double.IsNaN(least) ? double.IsNaN(got) : least.Equals(got) || (got >= least - slack && got <= greatest + slack),
                $"{trap}, {type}, {where}, element {i}: expected {least:R}{(greatest.Equals(least) ? "" : $" to {greatest:R}")}, found {got:R}");
        }
    }
}
