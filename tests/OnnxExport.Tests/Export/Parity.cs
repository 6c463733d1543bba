using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Compares what ONNX Runtime computes from an exported model with the engine's interpreter.</summary>
internal static class Parity
{
    /// <summary>The relative tolerance for float64.</summary>
    public const double Wide = 1e-11;

    public static void Check(OnnxSession session, Signature signature, Value[] inputs, double tolerance)
    {
        IReadOnlyList<Value> expected = Interpreter.Run(signature, inputs);
        IReadOnlyList<Value> found = session.Run(inputs);
        Assert.Equal(expected.Count, found.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            Equal(expected[i], found[i], tolerance, $"{signature.Name}, output {signature.Outputs[i].Name}");
        }
    }

    public static void Equal(Value expected, Value found, double tolerance, string what)
    {
        Assert.True(expected.DType == found.DType && expected.Sizes.SequenceEqual(found.Sizes), $"{what}: expected {expected}, found {found}");
        double allowed = !expected.DType.IsFloating() ? 0 : expected.DType == DType.Float32 ? tolerance : Math.Min(tolerance, Wide);
        for (int i = 0; i < expected.Count; i++)
        {
            (double want, double got) = (expected[i], found[i]);
            bool same = want.Equals(got) || Math.Abs(want - got) <= allowed * Math.Max(1, Math.Abs(want));
            Assert.True(same, $"{what}, element {i}: expected {want:R}, found {got:R} (difference {Math.Abs(want - got):E1})");
        }
    }
}
