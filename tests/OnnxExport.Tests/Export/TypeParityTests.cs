using Google.Protobuf;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Tensors;
using Toolkit.Autograd.Tests.Operations;
using Toolkit.OnnxExport.Checking;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Every operation in every type that its schema allows: written, read and, where ONNX Runtime has a kernel, computed there.</summary>
public class TypeParityTests
{
    public static TheoryData<string> Names => [.. TypeVariants.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_written_is_read_and_computed_alike(string name)
    {
        foreach ((OperationExample example, DType[] types) in TypeVariants.Cases(name).Where(c => c.Example.Operation is not Autograd.Operations.Shaping.Range))
        {
            (Signature signature, Value[] inputs) = TypeVariants.Make(example, types);
            if (Written(signature, example) is not { } bytes)
                continue;
            IReadOnlyList<Value> expected = Interpreter.Run(signature, inputs);
            string what = $"{example.Operation} in {string.Join(", ", types)}";
            IReadOnlyList<Value> read = Interpreter.Run(OnnxModel.Load(bytes).Signature, inputs);
            for (int i = 0; i < read.Count; i++)
                Equal(expected[i], read[i], Tolerance(expected[i].DType, types), $"{what}, read, output {i}");
            if (Served(bytes, inputs) is { } served)
            {
                for (int i = 0; i < served.Count; i++)
                    Equal(expected[i], served[i], Tolerance(expected[i].DType, types), $"{what}, ONNX Runtime, output {i}");
            }
        }
    }

    [Fact]
    public void ONNX_Runtime_has_kernels_for_many_of_them()
    {
        // A check that compares nothing would pass as well.
        foreach ((string name, DType type) in new[] { ("Add", DType.Int32), ("Add", DType.Int64), ("Transpose", DType.Int8), ("Concat", DType.UInt16), ("Where", DType.UInt8), ("MatMul", DType.Int32), ("Mul", DType.Float16), ("Softmax", DType.Float16) })
        {
            (OperationExample example, DType[] types) = TypeVariants.Cases(name).First(c => c.Types.Contains(type));
            (Signature signature, Value[] inputs) = TypeVariants.Make(example, types);
            Assert.True(Served(Written(signature, example)!, inputs) is { Count: > 0 }, $"{name} in {type}");
        }
    }

    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    [InlineData(DType.Float8E4M3FN)]
    [InlineData(DType.Float8E4M3FNUZ)]
    [InlineData(DType.Float8E5M2)]
    [InlineData(DType.Float8E5M2FNUZ)]
    [InlineData(DType.Int4)]
    [InlineData(DType.UInt4)]
    [InlineData(DType.Int8)]
    [InlineData(DType.UInt16)]
    public void ONNX_Runtime_casts_the_same_way(DType type)
    {
        bool isInteger = type.IsInteger();
        Variable x = Variable.Input("x", isInteger ? DType.Int32 : DType.Float32, [60]);
        Value value = Value.Zeros(x.DType, 60);
        for (int i = 0; i < value.Count; i++)
            value[i] = isInteger ? (i - 30) * 37 : Math.Sin(i) * Math.Pow(2, (i / 3.0) - 9);
        var signature = new Signature([x], [new Output("y", x.Cast(type).Cast(DType.Float32))]);
        IReadOnlyList<Value> served = Served(OnnxExporter.Export(signature, new OnnxExportOptions { Opset = 21 }), [value])!;
        Parity.Equal(Interpreter.Run(signature, value)[0], served[0], 0, $"a cast to {type}");
    }

    [Fact]
    public void A_type_that_came_later_than_the_operator_set_is_refused_with_the_set_that_has_it()
    {
        Variable x = Variable.Input("x", DType.Int8, [3]), b = Variable.Input("x", DType.BFloat16, [3]);
        Assert.Contains("operator set 14 or newer", Refused(Ops.Add(x, x), 13), StringComparison.Ordinal);
        Assert.Contains("operator sets 21 to 21", Refused(Ops.Sin(b), 21), StringComparison.Ordinal);
        Assert.Contains("operator set 19 or newer", Refused(new Cast(DType.Float8E5M2).Apply(b), 13), StringComparison.Ordinal);
    }

    private static string Refused(Variable y, int opset) => Assert.Throws<ExportException>(() => OnnxExporter.Export(
        new Signature([y.Producer!.Inputs[0]], [new Output("y", y)]), new OnnxExportOptions { Opset = opset })).Message;

    /// <summary>The model in the newest operator set that the exporter writes; null where the type is newer.</summary>
    private static byte[]? Written(Signature signature, OperationExample example)
    {
        try
        {
            ModelProto model = OnnxExporter.ToModel(signature, new OnnxExportOptions { Opset = OnnxExportOptions.NewestOpset });
            byte[] bytes = model.ToByteArray();
            Assert.Empty(ModelCheck.Check(bytes));
            return bytes;
        }
        catch (ExportException e)
        {
            Assert.Contains("it can be run here but not exported", e.Message, StringComparison.Ordinal);
            return null;
        }
    }

    /// <summary>What ONNX Runtime computes; null where it has no kernel for the type.</summary>
    private static IReadOnlyList<Value>? Served(byte[] bytes, Value[] inputs)
    {
        OnnxSession session;
        try
        {
            session = OnnxSession.Load(bytes);
        }
        catch (ServingException e) when (e.Message.Contains("NotImplemented", StringComparison.Ordinal) || e.Message.Contains("passes to and from .NET", StringComparison.Ordinal))
        {
            return null;
        }

        using (session)
        {
            // Memory that the toolkit shares with ONNX Runtime holds elements of whole bytes.
            if (session.Inputs.Concat(session.Outputs).Any(t => ElementType.Of(t.Type.DType).Bits < 8))
                return null;
            try
            {
                return session.Run(inputs);
            }
            catch (ServingException e) when (e.Message.Contains("data type is not supported", StringComparison.Ordinal))
            {
                return null;
            }
        }
    }

    /// <summary>A few roundings in the type. Statistics of half types are results in float32; all else in float32, and integers, are exact.</summary>
    private static double Tolerance(DType type, DType[] inputs) => type switch
    {
        DType.BFloat16 => Math.Pow(2, -6),
        DType.Float16 => Math.Pow(2, -8),
        DType.Float32 when inputs.Any(input => input.IsHalf()) => Math.Pow(2, -21),
        _ => 0,
    };

    private static void Equal(Value expected, Value found, double tolerance, string what)
    {
        Assert.True(expected.DType == found.DType && expected.Sizes.SequenceEqual(found.Sizes), $"{what}: expected {expected}, found {found}");
        for (int i = 0; i < expected.Count; i++)
        {
            (double want, double got) = (expected[i], found[i]);
            Assert.True(want.Equals(got) || want == got || Math.Abs(want - got) <= tolerance * (1 + Math.Abs(want)), $"{what}, element {i}: expected {want:R}, found {got:R}");
        }
    }
}
