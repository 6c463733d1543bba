using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Random numbers of exported graphs have the bits of the engine's.</summary>
public class RandomUniformExportTests
{
    private static readonly ulong[] Words = [0, 1, uint.MaxValue, 1UL << 32, 0x0123456789ABCDEF, 0xFEDCBA9876543210, ulong.MaxValue];

    public static TheoryData<int, DType> Cases =>
        [.. from opset in new[] { 13, 17, 18, 21 } from type in new[] { DType.Float32, DType.Float64 } select new TheoryDataRow<int, DType>(opset, type)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Bits_are_the_same_for_any_key_counter_and_batch(int opset, DType type)
    {
        Variable x = Variable.Input("x", type, ["batch", 7]);
        Variable key = Variable.Input("key", DType.UInt64, []);
        Variable counter = Variable.Input("counter", DType.UInt64, []);
        var signature = new Signature(
            [x, key, counter],
            [
                new Output("noise", Ops.RandomUniform(x.Shape, key, counter, type, x)),
                new Output("next", Ops.RandomUniform([3, "batch"], key, counter + 1, type, x)),
            ]);
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(signature, new() { Opset = opset }));
        foreach (int batch in new[] { 1, 2, 97 })
        {
            foreach (ulong word in Words)
            {
                Value input = SmallModels.Random(new Random(1), type, batch, 7);
                Parity.Check(session, signature, [input, Value.Of(word), Value.Of(~word)], tolerance: 0);
                Parity.Check(session, signature, [input, Value.Of(~word), Value.Of(word)], tolerance: 0);
            }
        }
    }
}
