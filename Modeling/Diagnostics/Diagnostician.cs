using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers.FullBatch;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Diagnostics;

/// <summary>Measures what a <see cref="Diagnosis"/> holds.</summary>
internal static class Diagnostician
{
    /// <summary>The first examples of a source, copied.</summary>
    public static Batch Sample(IDataSource data, int examples)
    {
        foreach (Batch batch in data.Batches(new BatchOptions { Size = examples }))
        {
            var copy = new Batch(batch.Layout, batch.Count);
            for (int slot = 0; slot < batch.Count; slot++)
                copy.Add(batch, slot);
            return copy;
        }

        throw new DataException("There are no examples to measure on.");
    }

    public static Diagnosis Examine(
        Model model, Objective objective, ScalarFunction function, (Variable Input, Value Value)[] inputs, DiagnosisOptions options)
    {
        double[] point = function.Point, gradient = new double[function.Size], unused = new double[function.Size];
        double value = function.Evaluate(point, gradient);
        double curvature = Vectors.Dot(gradient, function.HessianProduct(gradient)), square = Vectors.Dot(gradient, gradient);
        IReadOnlyList<Eigenpair> pairs = Lanczos.Eigenpairs(
            v => function.HessianProduct(v), function.Size, options.LanczosSteps, new RandomSource(options.Seed));
        double after = function.Evaluate(Vectors.Along(point, -options.LearningRate, gradient), unused);
        double reach = curvature > 0.0 && square > 0.0 ? 2.0 * square / curvature : 2.0 * options.LearningRate;
        function.Point = point;
        var diagnosis = new Diagnosis
        {
            Objective = value,
            GradientNorm = Math.Sqrt(square),
            CurvatureAlongGradient = curvature,
            LearningRate = options.LearningRate,
            ActualChange = after - value,
            HessianEigenvalues = [.. pairs.Select(pair => pair.Value)],
            EigenvalueResiduals = (pairs[0].Residual, pairs[^1].Residual),
            Layers = Layers(objective.Parameters, gradient, options.LearningRate),
            Units = Units(objective, inputs, options.SmallSpread),
            AlongGradient =
            [
                .. LossLine.Between(function, point, Vectors.Along(point, -reach, gradient), Math.Max(options.Points, 2))
                    .Select(p => p with { At = p.At * reach }),
            ],
            FromOther = options.Other is { } other
                ? LossLine.Between(function, other, point, Math.Max(options.Points, 2), 0.0, Beyond(Math.Max(options.Points, 2)))
                : [],
            Symmetries = model is not Module module ? [] : WeightSymmetry.Examine(
                module, Function.Compile([.. inputs.Select(i => i.Input)], [objective.Loss]), [.. inputs.Select(i => i.Value)]),
            Findings = [],
        };
        return diagnosis with { Findings = Diagnostics.Findings.Of(diagnosis, options) };
    }

    /// <summary>Where a line of so many points from 0 ends, about half as far beyond 1, so that one of them is 1.</summary>
    private static double Beyond(int points) => (points - 1.0) / Math.Max((points - 1) * 2 / 3, 1);

    private static List<LayerReport> Layers(IReadOnlyList<Parameter> parameters, double[] gradient, double rate)
    {
        var layers = new List<LayerReport>();
        int at = 0;
        foreach (Parameter parameter in parameters)
        {
            int count = parameter.Value.Count;
            double norm = Math.Sqrt(Enumerable.Range(0, count).Sum(i => parameter.Value[i] * parameter.Value[i]));
            double slope = Vectors.Norm(gradient.AsSpan(at, count));
            layers.Add(new LayerReport(parameter.Name, norm, slope, slope == 0.0 ? 0.0 : rate * slope / norm));
            at += count;
        }

        return layers;
    }

    private static List<UnitReport> Units(Objective objective, (Variable Input, Value Value)[] inputs, double smallSpread)
    {
        (string Name, Variable Variable)[] hidden =
        [
            .. objective.Hidden.Where(h => h.Key.Length > 0 && h.Value.DType.IsFloating() && h.Value.Shape.Rank >= 2)
                .Select(h => (h.Key, h.Value)),
        ];
        if (hidden.Length == 0)
            return [];
        Value[] values = Function.Compile([.. inputs.Select(i => i.Input)], [.. hidden.Select(h => h.Variable)]).Run([.. inputs.Select(i => i.Value)]);
        Value? weights = objective.Weight is { } weight ? inputs.First(i => ReferenceEquals(i.Input, weight)).Value : null;
        return [.. hidden.Zip(values, (h, v) => Units(h.Name, v, weights, smallSpread))];
    }

    private static UnitReport Units(string name, Value value, Value? weights, double smallSpread)
    {
        int units = value.Sizes[1], inner = value.Count / (value.Sizes[0] * units);
        var least = new double[units];
        var greatest = new double[units];
        Array.Fill(least, double.PositiveInfinity);
        Array.Fill(greatest, double.NegativeInfinity);
        double sum = 0.0, zeros = 0.0, total = 0.0;
        for (int i = 0; i < value.Count; i++)
        {
            double weight = weights is null ? 1.0 : weights[i / (units * inner)], x = value[i];
            if (weight == 0.0)
                continue;
            int unit = i / inner % units;
            least[unit] = Math.Min(least[unit], x);
            greatest[unit] = Math.Max(greatest[unit], x);
            sum += weight * x;
            zeros += x == 0.0 ? weight : 0.0;
            total += weight;
        }

        int dead = Enumerable.Range(0, units).Count(u => least[u] == 0.0 && greatest[u] == 0.0);
        int constant = Enumerable.Range(0, units).Count(u => greatest[u] - least[u] <= smallSpread);
        return new UnitReport(name, units, dead, constant - dead, sum / total, zeros / total);
    }
}
