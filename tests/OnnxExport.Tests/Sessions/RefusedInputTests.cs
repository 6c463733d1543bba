using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Sessions;

public class RefusedInputTests
{
    /// <summary>Values that are not of the model's types, ranks and sizes are named before the runtime sees them; a symbol means one size.</summary>
    [Fact]
    public void Values_that_do_not_fit_are_named()
    {
        Variable x = Variable.Input("x", DType.Float32, ["batch", 3]), y = Variable.Input("y", DType.Float32, ["batch", 1]);
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(new Signature([x, y], [new Output("sum", x + y)])));
        Value good = Value.Zeros(DType.Float32, 2, 3), other = Value.Full(1, DType.Float32, 2, 1);
        Assert.Equal([1f, 1, 1, 1, 1, 1], session.Run(good, other)[0].ToArray<float>());
        Refused("Expected values for the inputs x, y, found 1 values.", good);
        Refused("Expected values for the inputs x, y, found 3 values.", good, other, other);
        Refused("for the input \"x\", found Float64[2, 3].", Value.Zeros(DType.Float64, 2, 3), other);
        Refused("for the input \"x\", found Float32[2, 3, 1].", Value.Zeros(DType.Float32, 2, 3, 1), other);
        Refused("for the input \"x\", found Float32[2].", Value.Zeros(DType.Float32, 2), other);
        Refused("for the input \"x\", found Float32[2, 4].", Value.Zeros(DType.Float32, 2, 4), other);
        Refused("for the input \"y\", found Float32[3, 1].", good, Value.Zeros(DType.Float32, 3, 1));
        Refused("for the input \"y\", found Float32[2, 3].", good, good);

        void Refused(string reason, params Value[] values)
        {
            string message = Assert.Throws<ServingException>(() => session.Run(values)).Message;
            Assert.True(message.EndsWith(reason, StringComparison.Ordinal), message);
        }
    }
}
