using Toolkit.Autograd.Graph;
using Toolkit.Modeling;
using Toolkit.Modeling.Modules;

namespace Toolkit.Samples.Forecast;

/// <summary>Reads the "past" step by step and gives three quantiles of each step ahead: "low", "median" and "high".</summary>
internal sealed class ForecastModel(RandomSource random) : Model
{
    private readonly Lstm memory = new(1, 32, random) { LastOnly = true };
    private readonly Dense low = new(32, Series.Ahead, random), median = new(32, Series.Ahead, random), high = new(32, Series.Ahead, random);

    public override IReadOnlyList<Model> Children => [memory, low, median, high];

    protected override Named Build(Named inputs, ForwardContext context)
    {
        Variable state = memory.Forward(inputs["past"], context);
        return new Named(("low", low.Forward(state, context)), ("median", median.Forward(state, context)), ("high", high.Forward(state, context)));
    }
}
