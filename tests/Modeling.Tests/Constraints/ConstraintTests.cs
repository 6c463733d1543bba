using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Constraints;

namespace Toolkit.Modeling.Tests.Constraints;

public sealed class ConstraintTests
{
    [Fact]
    public void Columns_that_are_too_long_are_shortened_and_others_left_as_they_are()
    {
        Value weights = Value.Of([3f, 0.1f, 0, 4, 0.2f, 0], 2, 3);
        var parameter = new Parameter("w", weights);
        double[] projected = Run.Numbers(new MaxColumnNorm(2).Project(parameter, parameter));
        Run.Close([1.2, 0.1f, 0, 1.6, 0.2f, 0], projected, 1e-7);
        Assert.Equal([0.1f, 0.2f], new[] { (float)projected[1], (float)projected[4] });
    }

    [Fact]
    public void In_a_convolution_the_weights_of_an_output_channel_belong_together()
    {
        var parameter = new Parameter("w", Value.Of([0f, 3, 4, 0, 0, 1, 0, 0], 2, 2, 1, 2));
        Run.Close([0, 1.5, 2, 0, 0, 1, 0, 0], Run.Numbers(new MaxColumnNorm(2.5).Project(parameter, parameter)), 1e-6);
    }

    [Fact]
    public void Biases_are_left_alone()
    {
        var constraint = new MaxColumnNorm(1);
        Assert.False(constraint.AppliesTo(new Parameter("b", Value.Zeros(DType.Float32, 3), ParameterRole.Bias)));
        Assert.False(constraint.AppliesTo(new Parameter("w", Value.Zeros(DType.Float32, 3))));
        Assert.True(constraint.AppliesTo(new Parameter("w", Value.Zeros(DType.Float32, 3, 2))));
    }
}
