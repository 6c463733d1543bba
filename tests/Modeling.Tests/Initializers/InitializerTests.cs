using Toolkit.Modeling.Initializers;

namespace Toolkit.Modeling.Tests.Initializers;

public sealed class InitializerTests
{
    private static readonly Fan Fan = new(300, 100);

    [Fact]
    public void Uniform_schemes_fill_their_interval()
    {
        CheckUniform(new GlorotUniform(), Math.Sqrt(6.0 / 400.0));
        CheckUniform(new HeUniform(), Math.Sqrt(6.0 / 300.0));
        CheckUniform(new Uniform(-0.3, 0.3), 0.3);

        static void CheckUniform(Initializer initializer, double limit)
        {
            double[] values = Create(initializer);
            Assert.InRange(values.Max(), limit * 0.999, limit);
            Assert.InRange(values.Min(), -limit, -limit * 0.999);
            Assert.Equal(limit * limit / 3.0, values.Average(x => x * x), limit * limit / 100);
        }
    }

    [Fact]
    public void Normal_schemes_have_their_deviation()
    {
        Assert.Equal(2.0 / 400.0, Create(new GlorotNormal()).Average(x => x * x), 1e-4);
        Assert.Equal(2.0 / 300.0, Create(new HeNormal()).Average(x => x * x), 1.5e-4);
        double[] values = Create(new Normal(0.5, Mean: 2.0));
        Assert.Equal(2.0, values.Average(), 0.02);
        Assert.Equal(0.25, values.Average(x => (x - 2.0) * (x - 2.0)), 0.01);
    }

    [Fact]
    public void Constants_are_constant()
    {
        Assert.All(Create(new Zeros()), x => Assert.Equal(0.0, x));
        Assert.All(Create(new Constant(0.1)), x => Assert.Equal((double)0.1f, x));
    }

    private static double[] Create(Initializer initializer) => Run.Numbers(initializer.Create([300, 100], Fan, new RandomSource(3)));
}
