using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using static Toolkit.Modeling.Tests.Values.Loops;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>A classifier z = σ(xW)V + c of 2 inputs, 3 units and 3 classes for 4 examples: in plain numbers with its gradients by hand, and as a model.</summary>
internal sealed class PlainNetwork
{
    public const int Rows = 4, Units = 3, Classes = 3;

    private static readonly double[] FirstHidden = [0.4, -0.3, 0.8, 0.2, 0.9, -0.5], FirstTop = [0.7, -1.1, 0.3, 0.5, -0.2, 0.6, -0.9, 0.4, 1.3], Bias = [0.1, -0.2, -0.9];

    public static double[] X { get; } = [0.5, -1.2, 0.8, 0.3, 1.5, -0.7, -0.4, 2.1];

    public static long[] Y { get; } = [0, 2, 1, 1];

    /// <summary>Labels of which two are missing.</summary>
    public static long[] Some { get; } = [0, -1, 2, -1];

    public double[] Hidden { get; private init; } = FirstHidden;

    public double[] Top { get; private init; } = FirstTop;

    /// <summary>The network with other weights.</summary>
    public PlainNetwork With(Func<double[][], double[][]> change)
    {
        double[][] weights = change([Hidden, Top]);
        return new PlainNetwork { Hidden = weights[0], Top = weights[1] };
    }

    public double[] Code(double[] x) => [.. Product(x, Hidden, Rows, 2, Units).Select(Sigmoid)];

    public double[] Logits(double[] x) => [.. Product(Code(x), Top, Rows, Units, Classes).Select((z, i) => z + Bias[i % Classes])];

    public double[] Probabilities(double[] x) => [.. Logits(x).Chunk(Classes).SelectMany(Softmax)];

    public double Loss(double[] x, long[]? labels = null) => Logits(x).Chunk(Classes).Zip(labels ?? Y, (z, y) => LogSumExp(z) - z[y]).Average();

    /// <summary>The mean entropy of the predictions.</summary>
    public double Entropy() => -Probabilities(X).Sum(p => p * Math.Log(p)) / Rows;

    /// <summary>The representations by the names that the model gives them.</summary>
    public double[] CodeNamed(string name) => [.. Code(X).Select(h => name switch { "double" => 2 * h, "shifted" => 0.3 + (0.5 * h), _ => h })];

    public double[] MeanCode(string name) => [.. Enumerable.Range(0, Units).Select(i => CodeNamed(name).Where((_, at) => at % Units == i).Average())];

    /// <summary>A signal at the logits, brought back to the input.</summary>
    public double[] Back(double[] x, double[] signal)
    {
        double[] h = Code(x), result = new double[Rows * 2];
        for (int n = 0; n < Rows; n++)
        {
            for (int i = 0; i < Units; i++)
            {
                double at = 0;
                for (int c = 0; c < Classes; c++)
                    at += signal[(n * Classes) + c] * Top[(i * Classes) + c];
                at *= h[(n * Units) + i] * (1 - h[(n * Units) + i]);
                for (int j = 0; j < 2; j++)
                    result[(n * 2) + j] += at * Hidden[(j * Units) + i];
            }
        }

        return result;
    }

    /// <summary>The gradient of the mean loss with respect to the input.</summary>
    public double[] InputGradient(double[] x) => Back(x, [.. Probabilities(x).Select((p, i) => (p - (Y[i / Classes] == i % Classes ? 1 : 0)) / Rows)]);

    /// <summary>A step of a size against the model, within ε of where it began.</summary>
    public double[] Against(double[] x, double[] origin, double size, double epsilon) =>
        [.. InputGradient(x).Select((g, i) => origin[i] + Math.Clamp(x[i] - origin[i] + (size * Math.Sign(g)), -epsilon, epsilon))];

    /// <summary>The change of the logits along directions of the input.</summary>
    public double[] Directional(double[] v)
    {
        double[] h = Code(X);
        return Product([.. Product(v, Hidden, Rows, 2, Units).Select((s, i) => s * h[i] * (1 - h[i]))], Top, Rows, Units, Classes);
    }

    /// <summary>The mean over examples of ‖∂h/∂x‖².</summary>
    public double CodeSlopes() => Code(X).Select((h, at) => Square(h * (1 - h)) * (Square(Hidden[at % Units]) + Square(Hidden[Units + (at % Units)]))).Sum() / Rows;

    /// <summary>The mean over examples of ‖Jᵀr‖², r = 1 where a number is above ½ and −1 below.</summary>
    public double ProjectedSlopes(double[] uniforms)
    {
        double[] h = Code(X);
        double sum = 0;
        for (int n = 0; n < Rows; n++)
        {
            for (int j = 0; j < 2; j++)
                sum += Square(Enumerable.Range(0, Units).Sum(i => Math.Sign(uniforms[(n * Units) + i] - 0.5) * h[(n * Units) + i] * (1 - h[(n * Units) + i]) * Hidden[(j * Units) + i]));
        }

        return sum / Rows;
    }

    /// <summary>The mean of −ln p of the most probable class over the examples without a label whose p is at least the confidence.</summary>
    public double Guessed(double confidence)
    {
        double[] best = [.. Probabilities(X).Chunk(Classes).Select(p => p.Max()).Where((p, n) => Some[n] < 0 && p >= confidence)];
        return best.Length == 0 ? 0 : best.Average(p => -Math.Log(p));
    }

    /// <summary>KL(p(x) ‖ p(moved)) of each example.</summary>
    public double[] Divergence(double[] moved)
    {
        double[] p = Probabilities(X), q = Probabilities(moved);
        return [.. Enumerable.Range(0, Rows).Select(n => Enumerable.Range(n * Classes, Classes).Sum(i => p[i] * Math.Log(p[i] / q[i])))];
    }

    /// <summary>The gradient of <see cref="Divergence"/> with respect to the moved inputs: q − p at the logits.</summary>
    public double[] DivergenceGradient(double[] moved) => Back(moved, [.. Probabilities(moved).Zip(Probabilities(X), (q, p) => q - p)]);

    /// <summary>The mean over masks of ln Σ e^z less its value at the mean, for z of variance share·z², by the approximation of its class's remarks.</summary>
    public double MaskedLogPartition(double share) => Logits(X).Chunk(Classes).Average(z =>
    {
        double[] p = Softmax(z);
        double sum = 0;
        for (int c = 0; c < Classes; c++)
        {
            int[] rest = [.. Enumerable.Range(0, Classes).Where(j => j != c)];
            double[] weights = Softmax([.. rest.Select(j => z[j])]), variances = [.. rest.Select(j => share * z[j] * z[j])];
            double others = LogSumExp([.. rest.Select(j => z[j])]) + (weights.Zip(variances, (w, v) => w * (1 - w) * v).Sum() / 2);
            double width = Math.Sqrt(1 + (Math.PI / 8 * ((share * z[c] * z[c]) + weights.Zip(variances, (w, v) => w * w * v).Sum())));
            sum += p[c] * (z[c] + (width * Softplus((others - z[c]) / width)));
        }

        return sum - LogSumExp(z);
    });

    /// <summary>The model with labels as its targets.</summary>
    public (Objective Objective, ForwardContext Context) Model(long[] labels, Loss? loss = null, OptimizerState? memory = null, Dropout? dropout = null, double moved = 1) =>
        Model(Run.Labels(labels), loss ?? new SoftmaxCrossEntropy(), memory, dropout, moved);

    /// <summary>The model, its weights a multiple of what they began with. Beside what it needs it has a twin of the hidden weights, which is a scale, so that norm
    /// penalties pass it over, and representations under several names.</summary>
    public (Objective Objective, ForwardContext Context) Model(
        Variable target, Loss loss, OptimizerState? memory = null, Dropout? dropout = null, double moved = 1, params ReadOnlySpan<(string Name, Variable Variable)> more)
    {
        Parameter[] parameters =
        [
            DoubleModel.Weight("hidden.weight", Hidden, 2, Units), DoubleModel.Weight("top.weight", Top, Units, Classes),
            new("top.bias", Value.Of(Bias, Classes), ParameterRole.Bias),
            new("twin.weight", Value.Of([.. Hidden.Select(w => w + 0.5)], 2, Units), ParameterRole.Scale),
            new("other.weight", Value.Of([.. Hidden.Select(w => w + 0.2)], 2, Units), ParameterRole.Scale),
        ];
        foreach (Parameter weight in parameters[..2])
            weight.Value = Value.Of([.. Run.Numbers(weight.Value).Select(w => moved * w)], [.. weight.Value.Sizes]);
        var model = new DoubleModel(
            (x, p, context) =>
            {
                Variable code = x.MatMul(p[0]).Sigmoid(), logits = code.MatMul(p[1]) + p[2];
                foreach ((string name, Variable hidden) in new (string, Variable)[]
                {
                    ("code", code), ("double", 2.0 * code), ("shifted", 0.3 + (0.5 * code)),
                    ("logits", logits), ("logits.variance", 0.2 * logits.Square()), ("certain", logits), ("certain.variance", 0.0 * logits),
                })
                {
                    context.Register(name, hidden);
                }

                return logits;
            },
            parameters);
        var context = new ForwardContext(Mode.Training);
        var examples = new ExampleSymbols(new Named([("input", Variable.Of(Value.Of(X, Rows, 2))), ("target", target), .. more]));
        return (new Objective(dropout is null ? model : new Sequential(dropout, model), loss, examples, ["input"], context, memory), context);
    }
}
