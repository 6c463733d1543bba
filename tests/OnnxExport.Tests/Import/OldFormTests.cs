using Google.Protobuf;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Import;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;

namespace Toolkit.OnnxExport.Tests.Import;

/// <summary>Forms of the first operator sets, which ONNX Runtime does not run: the numbers are written out.</summary>
public class OldFormTests
{
    private static readonly float[] Six = [1, 2, 3, 4, 5, 6];

    [Fact]
    public void A_second_input_is_placed_by_axis_where_broadcast_asks_for_it()
    {
        Check([11, 12, 13, 24, 25, 26], new OneNode("Add", 6).Of(Six, 2, 3).Of([10, 20], 2).With("broadcast", 1).With("axis", 0));
        Check([11, 22, 33, 14, 25, 36], new OneNode("Add", 6).Of(Six, 2, 3).Of([10, 20, 30], 3).With("broadcast", 1).With("axis", 1));
        Check([11, 22, 33, 14, 25, 36], new OneNode("Add", 6).Of(Six, 2, 3).Of([10, 20, 30], 3).With("broadcast", 1));
        Check([11, 22, 33, 14, 25, 36], new OneNode("Add", 6).Of(Six, 2, 3).Of([10, 20, 30], 3).With("broadcast", 1).With("axis", -1));
        Check([9, 8, 7, 16, 15, 14], new OneNode("Sub", 6).Of([10, 10, 10, 20, 20, 20], 2, 3).Of(Six, 2, 3));
        Check([1, 2, 3, 8, 10, 12], new OneNode("Mul", 6).Of(Six, 1, 2, 3).Of([1, 2], 1, 2).With("broadcast", 1).With("axis", 0));
        ImportException failure = Assert.Throws<ImportException>(
            () => OnnxModel.Load(new OneNode("Add", 6).Of(Six, 2, 3).Of([1, 2], 1, 2).With("broadcast", 1).With("axis", 1).Bytes([Value.Of(Six, 2, 3)])));
        Assert.Contains("from axis 1 on", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_pads_and_bounds_stand_in_attributes()
    {
        Check(Six, new OneNode("Reshape", 1).Of(Six, 2, 3).With("shape", [3, -1]), 3, 2);
        Check([0, 1, 2, 3, 0, 4, 5, 6], new OneNode("Pad", 1).Of(Six, 2, 3).With("paddings", [0, 1, 0, 0]), 2, 4);
        Check([1, 2, 3, 7, 4, 5, 6, 7], new OneNode("Pad", 2).Of(Six, 2, 3).With("pads", [0, 0, 0, 1]).With("value", 7f), 2, 4);
        Check([2, 3, 5, 6], new OneNode("Slice", 1).Of(Six, 2, 3).With("starts", [1]).With("ends", [9]).With("axes", [1]), 2, 2);
        Check([4, 5], new OneNode("Slice", 1).Of(Six, 2, 3).With("starts", [-1, 0]).With("ends", [2, -1]), 1, 2);
        Check([1, 2, 3, 4], new OneNode("Concat", 1).Of([1, 3], 2, 1).Of([2, 4], 2, 1), 2, 2);
        Check([6, 15], new OneNode("ReduceSum", 1).Of(Six, 2, 3).With("axes", [1]), 2, 1);
        Check([1, 2, 3, 4, 5, 6], new OneNode("Squeeze", 1).Of(Six, 1, 2, 3).With("axes", [0]), 2, 3);
    }

    [Fact]
    public void The_standard_domain_has_two_names_and_an_old_set_is_written_again_as_the_oldest_that_is_written()
    {
        OneNode node = new OneNode("Concat", 1).Of([1, 3], 2, 1).Of([2, 4], 2, 1);
        ModelProto model = node.Model([Value.Of([1f, 2, 3, 4], 2, 2)]);
        Assert.Equal(13, OnnxModel.Load(model.ToByteArray()).ExportOptions.Opset);
        model.OpsetImport[0].Domain = "ai.onnx";
        Assert.Equal([1, 2, 3, 4], Function.Compile(OnnxModel.Load(model.ToByteArray()).Signature).Run(node.Arguments)[0].ToArray<float>());
    }

    /// <summary>The first version of the format has no types of attributes: the field that is set tells.</summary>
    [Fact]
    public void Attributes_without_a_type_are_read_by_their_field()
    {
        Check([6, 15], Untyped(new OneNode("ReduceSum", 1).Of(Six, 2, 3).With("axes", [1]).With("keepdims", 0)), [Value.Of(Six, 2, 3)], 2);
        Check([-0.5f, 2], Untyped(new OneNode("LeakyRelu", 6).Of([-2, 2], 2).With("alpha", 0.25f)), [Value.Of([-2f, 2], 2)], 2);
        Check([5, 7], Untyped(new OneNode("MaxPool", 1).Of([1, 5, 7], 1, 1, 1, 3).With("kernel_shape", [1, 2]).With("auto_pad", "VALID")), [Value.Of([1f, 5, 7], 1, 1, 1, 3)], 1, 1, 1, 2);
    }

    private static ModelProto Untyped(OneNode node)
    {
        ModelProto model = node.Model([Value.Of(0f)]);
        model.IrVersion = 1;
        model.OpsetImport.Clear();
        foreach (AttributeProto attribute in model.Graph.Node[0].Attribute)
            attribute.Type = AttributeType.Undefined;
        return model;
    }

    private static void Check(float[] expected, OneNode node, params int[] sizes)
    {
        sizes = sizes.Length > 0 ? sizes : node.Arguments[0].Sizes.ToArray();
        Check(expected, node.Model([Value.Zeros(DType.Float32, sizes)]), node.Arguments, sizes);
    }

    private static void Check(float[] expected, ModelProto model, Value[] arguments, params int[] sizes)
    {
        model.Graph.Output[0] = Checking.GoodModel.Value("y0", Toolkit.OnnxExport.Format.TensorProto.Types.DataType.Float, [.. sizes.Select(size => (long)size)]);
        Value found = Assert.Single(Function.Compile(OnnxModel.Load(model.ToByteArray()).Signature).Run(arguments));
        Assert.Equal(expected, found.ToArray<float>());
        Assert.Equal(sizes, found.Sizes.ToArray());
    }
}
