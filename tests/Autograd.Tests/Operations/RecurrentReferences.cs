using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Recurrent;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>What the recurrent operators compute, in plain loops over doubles: one example and one direction after the other.</summary>
internal static class RecurrentReferences
{
    public static IReadOnlyDictionary<Type, Func<Operation, Array64[], Array64[]>> Table { get; } = new Dictionary<Type, Func<Operation, Array64[], Array64[]>>
    {
        [typeof(RNN)] = (o, x) => Run(((RNN)o).Options, x, 1, 1, (_, s, g, f) => [Each(s[0].Length, k => f(0, g(0, k, s[0])))], ["Tanh"]),
        [typeof(GRU)] = (o, x) => Run(((GRU)o).Options, x, 3, 1, (biases, s, g, f) => GruTurn(((GRU)o).LinearBeforeReset, biases, s, g, f), ["Sigmoid", "Tanh"]),
        [typeof(LSTM)] = (o, x) => LstmOf((LSTM)o, x),
    };

    /// <summary>W x + Wb + R h + Rb of a gate and an element of the state, for whichever h.</summary>
    private delegate double GateSum(int gate, int element, double[] h);

    /// <summary>R h + Rb alone.</summary>
    private delegate double StateSum(int gate, int element, double[] h);

    private delegate double[][] TurnOf(StateSum stateSum, double[][] states, GateSum gate, Func<int, double, double> activation);

    private static double[][] GruTurn(bool linearBeforeReset, StateSum stateSum, double[][] s, GateSum gate, Func<int, double, double> f)
    {
        double[] h = s[0];
        double[] z = Each(h.Length, k => f(0, gate(0, k, h))), r = Each(h.Length, k => f(0, gate(1, k, h)));
        double[] reset = Each(h.Length, k => r[k] * h[k]);
        double[] n = Each(h.Length, k => f(1, linearBeforeReset
            ? gate(2, k, h) - stateSum(2, k, h) + (r[k] * stateSum(2, k, h))
            : gate(2, k, reset)));
        return [Each(h.Length, k => ((1 - z[k]) * n[k]) + (z[k] * h[k]))];
    }

    private static Array64[] LstmOf(LSTM o, Array64[] x)
    {
        int hidden = o.Options.HiddenSize;
        Array64? peepholes = x.ElementAtOrDefault(7);
        int direction = 0;
        return Run(o.Options, x, 4, 2, Turn, ["Sigmoid", "Tanh", "Tanh"], d => direction = d);

        double[][] Turn(StateSum _, double[][] s, GateSum gate, Func<int, double, double> f)
        {
            (double[] h, double[] c) = (s[0], s[1]);
            double Peep(int which, int k, double[] cell) => peepholes is null ? 0 : peepholes.Data[(direction * 3 * hidden) + (which * hidden) + k] * cell[k];
            double[] i = Each(hidden, k => f(0, gate(0, k, h) + Peep(0, k, c)));
            double[] forget = Each(hidden, k => o.InputForget ? 1 - i[k] : f(0, gate(2, k, h) + Peep(2, k, c)));
            double[] next = Each(hidden, k => (forget[k] * c[k]) + (i[k] * f(1, gate(3, k, h))));
            double[] output = Each(hidden, k => f(0, gate(1, k, h) + Peep(1, k, next)));
            return [Each(hidden, k => output[k] * f(2, next[k])), next];
        }
    }

    private static Array64[] Run(RecurrentOptions o, Array64[] x, int gates, int states, TurnOf turn, string[] defaults, Action<int>? enter = null)
    {
        int hidden = o.HiddenSize, directions = o.Direction == RecurrentDirection.Bidirectional ? 2 : 1;
        (int time, int batch) = o.BatchFirst ? (x[0].Sizes[1], x[0].Sizes[0]) : (x[0].Sizes[0], x[0].Sizes[1]);
        int width = x[0].Sizes[2];
        var y = new Array64(o.BatchFirst ? [batch, time, directions, hidden] : [time, directions, batch, hidden]);
        Array64[] last = [.. Enumerable.Range(0, states).Select(_ => new Array64(o.BatchFirst ? [batch, directions, hidden] : [directions, batch, hidden]))];
        for (int d = 0; d < directions; d++)
        {
            enter?.Invoke(d);
            bool isReverse = o.Direction == RecurrentDirection.Reverse || d == 1;
            RecurrentActivation[] activations = o.Activations.Count == 0 ? [.. defaults.Select(name => RecurrentActivation.Of(name))] : [.. o.Activations.Skip(d * defaults.Length).Take(defaults.Length)];
            for (int b = 0; b < batch; b++)
            {
                int length = x.ElementAtOrDefault(4) is { } lengths ? (int)lengths.Data[b] : time;
                double[][] s = [.. Enumerable.Range(0, states).Select(i => x.ElementAtOrDefault(5 + i) is { } initial ? Each(hidden, k => initial[At(d, b, k)]) : new double[hidden])];
                for (int step = 0; step < length; step++)
                {
                    int t = isReverse ? length - 1 - step : step;
                    double StateSum(int gate, int k, double[] h) => h.Select((value, j) => value * x[2][d, (gate * hidden) + k, j]).Sum() + Bias(gates + gate, k);
                    double GateSum(int gate, int k, double[] h) =>
                        Enumerable.Range(0, width).Sum(j => x[0][o.BatchFirst ? [b, t, j] : [t, b, j]] * x[1][d, (gate * hidden) + k, j]) + Bias(gate, k) + StateSum(gate, k, h);
                    double Bias(int gate, int k) => x.ElementAtOrDefault(3) is { } biases ? biases[d, (gate * hidden) + k] : 0;
                    s = turn(StateSum, s, GateSum, (i, value) => Activation(activations[i], o.Clip is { } clip && i < 2 ? Math.Clamp(value, -clip, clip) : value));
                    for (int k = 0; k < hidden; k++)
                        y.Data[y.Flat(o.BatchFirst ? [b, t, d, k] : [t, d, b, k])] = s[0][k];
                }

                for (int i = 0; i < states; i++)
                {
                    for (int k = 0; k < hidden; k++)
                        last[i].Data[last[i].Flat(At(d, b, k))] = s[i][k];
                }
            }
        }

        return [y, .. last];

        int[] At(int d, int b, int k) => o.BatchFirst ? [b, d, k] : [d, b, k];
    }

    private static double Activation(RecurrentActivation a, double x) => a.Name switch
    {
        "Relu" => Math.Max(x, 0),
        "Tanh" => Math.Tanh(x),
        "Sigmoid" => 1 / (1 + Math.Exp(-x)),
        "Affine" => (a.Alpha * x) + a.Beta,
        "LeakyRelu" => x >= 0 ? x : a.Alpha * x,
        "ThresholdedRelu" => x >= a.Alpha ? x : 0,
        "ScaledTanh" => a.Alpha * Math.Tanh(a.Beta * x),
        "HardSigmoid" => Math.Clamp((a.Alpha * x) + a.Beta, 0, 1),
        "Elu" => x >= 0 ? x : a.Alpha * (Math.Exp(x) - 1),
        "Softsign" => x / (1 + Math.Abs(x)),
        "Softplus" => Math.Log(1 + Math.Exp(x)),
        _ => throw new InvalidOperationException(a.Name),
    };

    private static double[] Each(int count, Func<int, double> element) => [.. Enumerable.Range(0, count).Select(element)];
}
