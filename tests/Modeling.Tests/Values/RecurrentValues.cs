using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributions;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Modules;
using static Toolkit.Modeling.Tests.Values.ModuleValues;

namespace Toolkit.Modeling.Tests.Values;

/// <summary>Recurrent modules against loops over examples, steps, units and gates.</summary>
internal static class RecurrentValues
{
    private const int Batch = 2, Steps = 3;

    private static readonly Constant Three = new(0.3);

    public static Dictionary<string, Setting[]> Settings { get; } = new()
    {
        [nameof(Recurrent)] =
        [
            .. Common((inputs, units) => new Recurrent(inputs, units, Random), Simple(Math.Tanh)),
            Row(new Recurrent(3, 2, Random) { Activation = "Relu" }, Simple(v => Math.Max(v, 0))),
            Row(new Recurrent(3, 2, Random) { Activation = "relu", Bidirectional = true }, Simple(v => Math.Max(v, 0))),
            Row(new Recurrent(3, 2, Random) { Layers = 2 }, Simple(Math.Tanh)),
            Row(new Recurrent(3, 2, Random) { Bidirectional = true }, Simple(Math.Tanh)),
            Row(new Recurrent(3, 2, Random) { LastOnly = true }, Simple(Math.Tanh)),
            Row(new Recurrent(3, 2, Random) { Layers = 2, Bidirectional = true, LastOnly = true }, Simple(Math.Tanh)),
            Row(new Recurrent(3, 2, Random) { InputDropout = 0.4 }, Simple(Math.Tanh)),
            Row(new Recurrent(3, 2, Random) { RecurrentDropout = 0.4 }, Simple(Math.Tanh)),
            Row(new Recurrent(3, 2, Random) { Layers = 2, InputDropout = 0.4, RecurrentDropout = 0.3 }, Simple(Math.Tanh)),
            Row(Begun(new Recurrent(3, 2, Random) { Streams = Batch }), Simple(Math.Tanh)),
            Row(new Recurrent(3, 2, Random) { InputInitializer = Three, RecurrentInitializer = Three }, Simple(Math.Tanh), filled: false),
            Row(new Recurrent(3, 2, Random) { InputInitializer = new Constant(0.1), RecurrentInitializer = Three }, Simple(Math.Tanh), filled: false),
            Row(new Recurrent(3, 2, Random) { InputInitializer = Three, RecurrentInitializer = new Constant(0.1) }, Simple(Math.Tanh), filled: false),
        ],
        [nameof(Gru)] =
        [
            .. Common((inputs, units) => new Gru(inputs, units, Random), Gated(true)),
            Row(new Gru(3, 2, Random) { LinearBeforeReset = false }, Gated(false)),
            Row(new Gru(3, 2, Random) { Layers = 2 }, Gated(true)),
            Row(new Gru(3, 2, Random) { Bidirectional = true }, Gated(true)),
            Row(new Gru(3, 2, Random) { LastOnly = true }, Gated(true)),
            Row(new Gru(3, 2, Random) { InputDropout = 0.4 }, Gated(true)),
            Row(new Gru(3, 2, Random) { RecurrentDropout = 0.4 }, Gated(true)),
            Row(Begun(new Gru(3, 2, Random) { Streams = Batch }), Gated(true)),
            Row(new Gru(3, 2, Random) { InputInitializer = Three, RecurrentInitializer = Three }, Gated(true), filled: false),
            Row(new Gru(3, 2, Random) { InputInitializer = new Constant(0.1), RecurrentInitializer = Three }, Gated(true), filled: false),
            Row(new Gru(3, 2, Random) { InputInitializer = Three, RecurrentInitializer = new Constant(0.1) }, Gated(true), filled: false),
        ],
        [nameof(Lstm)] =
        [
            .. Common((inputs, units) => new Lstm(inputs, units, Random), Memory),
            Row(new Lstm(3, 2, Random) { Layers = 2 }, Memory),
            Row(new Lstm(3, 2, Random) { Bidirectional = true }, Memory),
            Row(new Lstm(3, 2, Random) { LastOnly = true }, Memory),
            Row(new Lstm(3, 2, Random) { Layers = 3, Bidirectional = true, LastOnly = true }, Memory),
            Row(new Lstm(3, 2, Random) { InputDropout = 0.4 }, Memory),
            Row(new Lstm(3, 2, Random) { RecurrentDropout = 0.4 }, Memory),
            Row(Begun(new Lstm(3, 2, Random) { Streams = Batch }), Memory),
            Row(Begun(new Lstm(3, 2, Random) { Streams = Batch, Layers = 2 }), Memory),
            Row(new Lstm(3, 2, Random) { InputInitializer = Three, RecurrentInitializer = Three }, Memory, filled: false),
            Row(new Lstm(3, 2, Random) { InputInitializer = new Constant(0.1), RecurrentInitializer = Three }, Memory, filled: false),
            Row(new Lstm(3, 2, Random) { InputInitializer = Three, RecurrentInitializer = new Constant(0.1) }, Memory, filled: false),
            Row(new Lstm(3, 2, Random) { InputInitializer = Three, RecurrentInitializer = Three, ForgetBias = -2 }, Memory, filled: false),
        ],
    };

    private static RandomSource Random => new(1);

    /// <summary>The states after a turn: from those before it, and for a gate and a unit the product with the input and that with a state, biases included.</summary>
    private delegate double[][] Turn(double[][] before, Func<int, int, double> fromInput, Func<int, int, double[], double> fromState);

    private static Setting[] Common(Func<int, int, RecurrentModule> make, Turn turn) => [Row(make(3, 2), turn), Row(make(4, 2), turn), Row(make(3, 5), turn)];

    private static Turn Simple(Func<double, double> function) => (s, w, r) => [[.. s[0].Select((_, k) => function(w(0, k) + r(0, k, s[0])))]];

    private static Turn Gated(bool linearBeforeReset) => (s, w, r) =>
    {
        double[] h = s[0];
        double[] z = [.. h.Select((_, k) => Loops.Sigmoid(w(0, k) + r(0, k, h)))], reset = [.. h.Select((_, k) => Loops.Sigmoid(w(1, k) + r(1, k, h)))];
        double[] masked = [.. h.Zip(reset, (v, m) => v * m)];
        return [[.. h.Select((v, k) => ((1 - z[k]) * Math.Tanh(w(2, k) + (linearBeforeReset ? reset[k] * r(2, k, h) : r(2, k, masked)))) + (z[k] * v))]];
    };

    private static double[][] Memory(double[][] s, Func<int, int, double> w, Func<int, int, double[], double> r)
    {
        double[] cell = [.. s[1].Select((c, k) => (Gate(2, k) * c) + (Gate(0, k) * Math.Tanh(Sum(3, k))))];
        return [[.. cell.Select((c, k) => Gate(1, k) * Math.Tanh(c))], cell];

        double Gate(int gate, int k) => Loops.Sigmoid(Sum(gate, k));
        double Sum(int gate, int k) => w(gate, k) + r(gate, k, s[0]);
    }

    /// <summary>A module whose streams have begun before.</summary>
    private static RecurrentModule Begun(RecurrentModule module)
    {
        foreach (Parameter state in module.Parameters.Where(p => p.Role == ParameterRole.State))
            state.Value = Value.Of([.. Enumerable.Range(0, state.Value.Count).Select(i => (float)Math.Cos(i + 0.4))], state.Value.Sizes);
        return module;
    }

    private static Setting Row(RecurrentModule module, Turn turn, bool filled = true) => InModes(module, [Batch, Steps, module.Inputs], (x, p) =>
    {
        double[][] weights = filled ? p : [.. Enumerable.Range(0, module.Layers).SelectMany(layer => (double[][])[
            Same(module.InputInitializer, module.InputWeights[layer]), Same(module.RecurrentInitializer, module.RecurrentWeights[layer]), Biases(module, module.Biases[layer].Value.Count)])];
        int states = module is Lstm ? 2 : 1;
        double[][] begin = [.. module.Parameters.Where(q => q.DType == DType.Float32 && q.Role == ParameterRole.State).Select(q => Run.Numbers(q.Value))];
        (double[] training, double[][] after) = Through(module, turn, x, weights, states, begin, isDrawn: true);
        (double[] inference, _) = Through(module, turn, x, weights, states, [], isDrawn: false);
        return [.. training, .. inference, .. begin.Length > 0 ? after.SelectMany(v => v) : []];
    }, filled);

    /// <summary>Weights that all begin alike.</summary>
    private static double[] Same(Initializer initializer, Parameter weight) => [.. Enumerable.Repeat((double)(float)((Constant)initializer).Value, weight.Value.Count)];

    /// <summary>Biases begin at 0, but those of forget gates, the third of the four.</summary>
    private static double[] Biases(RecurrentModule module, int count) =>
        [.. Enumerable.Range(0, count).Select(i => module is Lstm memory && i / module.Units % 8 == 2 ? memory.ForgetBias : 0)];

    /// <summary>The result and, of each kind of state, those after the last step, [batch, layers · directions, units].</summary>
    private static (double[] Result, double[][] After) Through(RecurrentModule module, Turn turn, double[] x, double[][] weights, int states, double[][] begin, bool isDrawn)
    {
        int directions = module.Bidirectional ? 2 : 1, h = module.Units, width = module.Inputs, all = module.Layers * directions;
        double[][] after = [.. Enumerable.Range(0, states).Select(_ => new double[Batch * all * h])];
        double[] last = [];
        for (int layer = 0; layer < module.Layers; layer++)
        {
            (double[] w, double[] r, double[] b) = (weights[3 * layer], weights[(3 * layer) + 1], weights[(3 * layer) + 2]);
            if (isDrawn && module.InputDropout > 0)
            {
                double[] draws = Draws(module, 2 * layer, Batch * width);
                int features = width;
                x = [.. x.Select((v, i) => draws[(i / (Steps * features) * features) + (i % features)] < module.InputDropout ? 0 : v / (1 - module.InputDropout))];
            }

            if (isDrawn && module.RecurrentDropout > 0)
                r = [.. r.Zip(Draws(module, (2 * layer) + 1, r.Length), (v, u) => u < module.RecurrentDropout ? 0 : v / (1 - module.RecurrentDropout))];
            double[] y = new double[Batch * Steps * directions * h], input = x;
            last = new double[Batch * directions * h];
            for (int example = 0; example < Batch; example++)
            {
                for (int d = 0; d < directions; d++)
                {
                    int place = (((example * all) + (layer * directions) + d) * h), gates = r.Length / directions / h / h;
                    double[][] s = [.. Enumerable.Range(0, states).Select(i => begin.Length > 0 ? begin[i][place..(place + h)] : new double[h])];
                    for (int step = 0; step < Steps; step++)
                    {
                        int t = d == 1 ? Steps - 1 - step : step, features = width;
                        double FromInput(int gate, int k)
                        {
                            double sum = b[(d * 2 * gates * h) + (gate * h) + k];
                            for (int j = 0; j < features; j++)
                                sum += w[(((d * gates * h) + (gate * h) + k) * features) + j] * input[(((example * Steps) + t) * features) + j];
                            return sum;
                        }

                        double FromState(int gate, int k, double[] state)
                        {
                            double sum = b[(((d * 2) + 1) * gates * h) + (gate * h) + k];
                            for (int j = 0; j < h; j++)
                                sum += r[(((d * gates * h) + (gate * h) + k) * h) + j] * state[j];
                            return sum;
                        }

                        s = turn(s, FromInput, FromState);
                        s[0].CopyTo(y, ((((example * Steps) + t) * directions) + d) * h);
                    }

                    s[0].CopyTo(last, ((example * directions) + d) * h);
                    for (int i = 0; i < states; i++)
                        s[i].CopyTo(after[i], place);
                }
            }

            (x, width) = (y, directions * h);
        }

        return (module.LastOnly ? last : x, after);
    }

    /// <summary>The uniform numbers that the key of a module selects at its first application.</summary>
    private static double[] Draws(RecurrentModule module, int index, int count)
    {
        Parameter key = module.Parameters.Single(p => p.Name.EndsWith("key", StringComparison.Ordinal));
        return Run.Numbers(RandomStream.Of(key.Value.Span<ulong>()[0]).Fork(index).Uniform([count], DType.Float32));
    }
}
