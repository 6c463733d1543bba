using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Training;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What a step of an optimizer computes, in plain loops over doubles.</summary>
internal static class OptimizerReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(Adagrad)] = (o, x) => Steps((Adagrad)o, x, 1, (a, rate, time, w, gradient, states) =>
        {
            double g = (a.NormCoefficient * w) + gradient, h = states[0] + (g * g);
            return [w - (rate / (1 + (time * a.DecayFactor)) * g / (Math.Sqrt(h) + a.Epsilon)), h];
        }),
        [typeof(Adam)] = (o, x) => Steps((Adam)o, x, 2, (a, rate, time, w, gradient, states) =>
        {
            double g = (a.NormCoefficient * w) + gradient, v = (a.Alpha * states[0]) + ((1 - a.Alpha) * g), h = (a.Beta * states[1]) + ((1 - a.Beta) * g * g);
            double r = time > 0 ? rate * Math.Sqrt(1 - Math.Pow(a.Beta, time)) / (1 - Math.Pow(a.Alpha, time)) : rate;
            return [(1 - a.NormCoefficientPost) * (w - (r * v / (Math.Sqrt(h) + a.Epsilon))), v, h];
        }),
        [typeof(Momentum)] = (o, x) => Steps((Momentum)o, x, 1, (a, rate, time, w, gradient, states) =>
        {
            double g = (a.NormCoefficient * w) + gradient, v = (a.Alpha * states[0]) + ((time > 0 ? a.Beta : 1) * g);
            return [w - (rate * (a.Nesterov ? g + (a.Alpha * v) : v)), v];
        }),
    };

    private static Array64[] Steps<T>(T operation, Array64[] x, int states, Func<T, double, double, double, double, double[], double[]> step)
    {
        int count = (x.Length - 2) / (2 + states);
        var results = new Array64[count * (1 + states)];
        for (int t = 0; t < count; t++)
        {
            for (int kind = 0; kind <= states; kind++)
                results[(kind * count) + t] = new Array64(x[2 + t].Sizes);
            for (int i = 0; i < x[2 + t].Data.Length; i++)
            {
                double[] old = [.. Enumerable.Range(2, states).Select(kind => x[2 + (kind * count) + t].Data[i])];
                double[] found = step(operation, x[0].Data[0], x[1].Data[0], x[2 + t].Data[i], x[2 + count + t].Data[i], old);
                for (int kind = 0; kind <= states; kind++)
                    results[(kind * count) + t].Data[i] = found[kind];
            }
        }

        return results;
    }
}
