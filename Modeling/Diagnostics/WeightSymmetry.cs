using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Modules;

namespace Toolkit.Modeling.Diagnostics;

/// <summary>
/// Why solutions are never alone: hidden units can change places (n! equal solutions for a layer of n), and rectified units can have their incoming weights
/// multiplied and their outgoing ones divided by any number (a hyperbola of equal solutions for each). Source: book section 8.2.2 (weight space symmetry).
/// </summary>
public static class WeightSymmetry
{
    /// <summary>Dense layers of a chain that follow each other with nothing but functions of single units and noise between.</summary>
    /// <param name="model">The model.</param>
    public static IReadOnlyList<(Dense First, Dense Second)> Pairs(Module model)
    {
        var pairs = new List<(Dense, Dense)>();
        Dense? last = null;
        foreach (Module module in Chain(model))
        {
            if (module is Dense dense)
            {
                if (last is not null)
                    pairs.Add((last, dense));
                last = dense;
            }
            else if (module is not (Activation or Dropout or GaussianNoise))
            {
                last = null;
            }
        }

        return pairs;
    }

    /// <summary>Lets two hidden units change places: columns of the first layer, rows of the second. The model stays the same function.</summary>
    /// <param name="first">The layer whose units they are.</param>
    /// <param name="second">The layer that reads them.</param>
    /// <param name="unit">One unit.</param>
    /// <param name="other">The other unit.</param>
    /// <exception cref="ArgumentException">The layers do not follow each other, or there is no such unit.</exception>
    public static void Exchange(Dense first, Dense second, int unit, int other)
    {
        Check(first, second);
        foreach (int u in new[] { unit, other })
        {
            if (u < 0 || u >= first.Outputs)
                throw new ArgumentOutOfRangeException(nameof(unit), u, $"Expected a unit from 0 to {first.Outputs - 1}, found {u}.");
        }

        Value weight = first.Weight.Value.Clone(), outgoing = second.Weight.Value.Clone();
        Swap(weight.Span<float>(), first.Inputs, first.Outputs, unit, other);
        Swap(outgoing.Span<float>(), second.Outputs, 1, unit * second.Outputs, other * second.Outputs);
        (first.Weight.Value, second.Weight.Value) = (weight, outgoing);
        if (first.Bias is { } bias)
        {
            Value offsets = bias.Value.Clone();
            Swap(offsets.Span<float>(), 1, first.Outputs, unit, other);
            bias.Value = offsets;
        }
    }

    /// <summary>Multiplies what comes into all hidden units by a factor and divides what goes out of them by it. With rectifiers, leaky rectifiers or no function
    /// the model stays the same.</summary>
    /// <param name="first">The layer whose units they are.</param>
    /// <param name="second">The layer that reads them.</param>
    /// <param name="factor">The factor, above 0.</param>
    /// <exception cref="ArgumentException">The layers do not follow each other, or the factor is not above 0.</exception>
    public static void Scale(Dense first, Dense second, double factor)
    {
        Check(first, second);
        Settings.Positive(factor);
        Multiply(first.Weight, factor);
        Multiply(second.Weight, 1.0 / factor);
        if (first.Bias is { } bias)
            Multiply(bias, factor);
    }

    /// <summary>What exchanging and scaling do to a loss; parameters are put back bit for bit.</summary>
    internal static IReadOnlyList<SymmetryReport> Examine(Module model, Function loss, Value[] inputs)
    {
        var reports = new List<SymmetryReport>();
        double value = loss.Run(inputs)[0].Scalar();
        foreach ((Dense first, Dense second) in Pairs(model))
        {
            if (first.Outputs < 2)
                continue;
            Value[] kept = [.. model.Parameters.Select(parameter => parameter.Value.Clone())];
            Exchange(first, second, 0, first.Outputs - 1);
            double exchanged = loss.Run(inputs)[0].Scalar();
            Restore();
            Scale(first, second, 2.0);
            double scaled = loss.Run(inputs)[0].Scalar();
            Restore();
            reports.Add(new SymmetryReport(first.Path, first.Outputs, exchanged - value, scaled - value, Ratio(first, second)));

            void Restore()
            {
                foreach ((Parameter parameter, Value own) in model.Parameters.Zip(kept))
                    parameter.Value = own;
            }
        }

        return reports;
    }

    private static IEnumerable<Module> Chain(Module module) => module is Sequential ? module.Children.SelectMany(Chain) : [module];

    private static void Check(Dense first, Dense second)
    {
        if (first.Outputs != second.Inputs)
            throw new ArgumentException($"Expected a second layer of {first.Outputs} inputs, found {second.Inputs}.", nameof(second));
    }

    private static void Swap(Span<float> content, int count, int stride, int from, int to)
    {
        for (int i = 0; i < count; i++)
            (content[(i * stride) + from], content[(i * stride) + to]) = (content[(i * stride) + to], content[(i * stride) + from]);
    }

    private static void Multiply(Parameter parameter, double factor)
    {
        Value product = parameter.Value.Clone();
        foreach (ref float number in product.Span<float>())
            number = (float)(number * factor);
        parameter.Value = product;
    }

    private static double Ratio(Dense first, Dense second) => Norm(first.Weight) / Norm(second.Weight);

    private static double Norm(Parameter parameter) => Math.Sqrt(parameter.Value.Span<float>().ToArray().Sum(x => (double)x * x));
}
