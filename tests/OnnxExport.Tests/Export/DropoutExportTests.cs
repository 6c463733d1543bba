using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Serving;
using Dropout = Toolkit.Autograd.Operations.Random.Dropout;

namespace Toolkit.OnnxExport.Tests.Export;

public sealed class DropoutExportTests
{
    private static readonly Variable X = Variable.Input("x", DType.Float32, [2, 3]);

    /// <summary>ONNX Runtime takes the node out, and a computed ratio would come in the place of x.</summary>
    [Fact]
    public void A_computed_ratio_changes_nothing_in_inference()
    {
        Variable ratio = Variable.Input("ratio", DType.Float32, []);
        var signature = new Signature([X, ratio], [new Output("y", Ops.Sum(new Dropout().Apply(X, ratio * 0.5)))]);
        using var session = OnnxSession.Load(OnnxExporter.Export(signature));
        Value sum = session.Run(Value.Of([1f, 2, 3, 4, 5, 6], 2, 3), Value.Of(0.25f))[0];
        Assert.Equal(21, sum.Scalar());
    }

    [Fact]
    public void A_ratio_that_is_known_is_kept()
    {
        ModelProto model = OnnxExporter.ToModel(new Signature([X], [new Output("y", new Dropout().Apply(X, Variable.Scalar(0.25, DType.Float32)))]));
        NodeProto node = Assert.Single(model.Graph.Node);
        TensorProto ratio = Assert.Single(model.Graph.Initializer, initializer => initializer.Name == node.Input[1]);
        Assert.Equal(0.25f, BitConverter.ToSingle(ratio.RawData.Span));
    }
}
