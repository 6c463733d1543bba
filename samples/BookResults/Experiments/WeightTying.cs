using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Optimizers.FullBatch;

namespace Toolkit.Samples.BookResults.Experiments;

/// <summary>Two regressions whose weights are alike, tied by λ‖w⁽ᴬ⁾ − w⁽ᴮ⁾‖².</summary>
internal sealed class WeightTying : Experiment
{
    private const int Inputs = 20, Rows = 25;

    public override string Name => "weight-tying";

    public override string Source => "Tying the weights of two tasks by a penalty, book 7.9";

    public override string Settings => "20 normal predictors, 25 examples for each task, noise 1, weights that differ by N(0, 0.28²); median excess risk of both; epochs are draws";

    public override int Epochs => 100;

    public override IReadOnlyList<Figure> Run(Laboratory laboratory)
    {
        (double Strength, string Published)[] strengths = [(0, "7.9"), (0.1, "6.5"), (1, "3.4"), (3, "2.5"), (10, "2.1"), (1e4, "2.6 (10⁶)")];
        double[][] risks = [.. strengths.Select(_ => new double[laboratory.Epochs])];
        Parameter a = new("a", Value.Zeros(DType.Float64, Inputs, 1), ParameterRole.Weight), b = new("b", Value.Zeros(DType.Float64, Inputs, 1), ParameterRole.Weight);
        Variable[] inputs = [.. new[] { "xa", "ya", "xb", "yb" }.Select((name, i) => Variable.Input(name, DType.Float64, [Rows, i % 2 == 0 ? Inputs : 1]))];
        Variable strength = Variable.Input("strength", DType.Float64, []);
        Variable loss = (0.5 * (inputs[0].MatMul(a) - inputs[1]).Square().Sum()) + (0.5 * (inputs[2].MatMul(b) - inputs[3]).Square().Sum()) +
            (strength * (a.Variable - b.Variable).Square().Sum());
        for (int draw = 0; draw < laboratory.Epochs; draw++)
        {
            laboratory.ThrowIfCancelled();
            RandomSource random = laboratory.Random("draw").Fork(draw);
            double[] first = Normal(Inputs, random), second = [.. first.Select(w => w + (0.28 * random.NextNormal()))];
            (Value xa, Value ya) = Task(first, random);
            (Value xb, Value yb) = Task(second, random);
            Value number = Value.Of(0.0);
            var function = new ScalarFunction(loss, [a, b], [(inputs[0], xa), (inputs[1], ya), (inputs[2], xb), (inputs[3], yb), (strength, number)], laboratory.Execution);
            for (int i = 0; i < strengths.Length; i++)
            {
                number.Span<double>()[0] = strengths[i].Strength;
                new LimitedMemoryBfgs { Iterations = 500, Memory = 40, Tolerance = 1e-8 }.Minimize(function);
                risks[i][draw] = function.Point.Zip([.. first, .. second], (w, t) => (w - t) * (w - t)).Sum();
            }
        }

        return [.. strengths.Select((s, i) => new Figure(FormattableString.Invariant($"median excess risk, λ = {s.Strength}"), risks[i].Order().ElementAt(laboratory.Epochs / 2), s.Published))];
    }

    private static (Value X, Value Y) Task(double[] w, RandomSource random)
    {
        double[] x = Normal(Rows * Inputs, random);
        double[] y = [.. x.Chunk(Inputs).Select(row => row.Zip(w, (p, q) => p * q).Sum() + random.NextNormal())];
        return (Value.Of(x, Rows, Inputs), Value.Of(y, Rows, 1));
    }

    private static double[] Normal(int count, RandomSource random) => [.. Enumerable.Range(0, count).Select(_ => random.NextNormal())];
}
