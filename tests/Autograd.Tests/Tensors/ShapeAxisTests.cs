using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Normalization;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Tensors;

/// <summary>An axis that is not there is named.</summary>
public sealed class ShapeAxisTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(-3)]
    public void Normalizations_refuse_an_axis_that_is_not_there(int axis)
    {
        Variable x = Variable.Input("x", DType.Float32, ["n", 3]);
        foreach (Operation operation in new Operation[] { new Softmax(axis), new LogSoftmax(axis), new Hardmax(axis) })
            Assert.Contains($"found {axis}", Assert.Throws<ShapeException>(() => operation.Apply(x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shape_names_an_axis_that_it_has_not()
    {
        Shape shape = ["n", 3];
        Assert.Contains("found 2", Assert.Throws<ShapeException>(() => shape[2]).Message, StringComparison.Ordinal);
        Assert.Contains("found -1", Assert.Throws<ShapeException>(() => shape.With(-1, 4)).Message, StringComparison.Ordinal);
    }
}
