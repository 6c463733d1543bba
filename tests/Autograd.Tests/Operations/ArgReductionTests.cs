using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Reductions;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Places of extremes among ties, zeros of both signs and NaN, against a plain search.</summary>
public sealed class ArgReductionTests
{
    [Theory]
    [InlineData(3, 17, 1, 0.1)]
    [InlineData(40, 5, 1, 0.0)]
    [InlineData(2, 9, 600, 0.05)]
    [InlineData(1, 4, 257, 0.0)]
    [InlineData(2, 1, 3, 0.0)]
    public void Places_are_those_of_a_plain_search(int outer, int size, int inner, double missing)
    {
        var random = new Random(7);
        float[] x = [.. Enumerable.Range(0, outer * size * inner).Select(_ => random.NextDouble() < missing ? float.NaN : random.Next(3) switch { 0 => -0.0f, 1 => 0.0f, _ => random.Next(-2, 2) })];
        foreach ((bool isLeast, bool isLast) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            Operation operation = isLeast ? new ArgMin(1, false, isLast) : new ArgMax(1, false, isLast);
            Variable input = Variable.Input("x", DType.Float32, Shape.OfSizes([outer, size, inner]));
            Value found = Function.Compile([input], [operation.ApplyAll(input)[0]]).Run(Value.Of(x, outer, size, inner))[0];
            for (int o = 0; o < outer; o++)
            {
                for (int i = 0; i < inner; i++)
                {
                    double[] line = [.. Enumerable.Range(0, size).Select(k => (double)x[(((o * size) + k) * inner) + i] * (isLeast ? -1 : 1))];
                    double greatest = line.Any(double.IsNaN) ? double.NaN : line.Max();
                    int[] places = [.. Enumerable.Range(0, size).Where(k => double.IsNaN(greatest) ? double.IsNaN(line[k]) : line[k] == greatest)];
                    Assert.Equal(isLast ? places[^1] : places[0], found[(o * inner) + i]);
                }
            }
        }
    }
}
