using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Distributions;

namespace Toolkit.Modeling.Modules;

/// <summary>The random numbers of a module: a key and a counter as state parameters, the counter going up by one with each step.</summary>
internal static class NoiseState
{
    public static IReadOnlyList<Parameter> Create(string key, string counter, RandomSource random) =>
    [
        new Parameter(key, Value.Of(random.Fork("noise").NextUInt64()), ParameterRole.State),
        new Parameter(counter, Value.Of(0UL), ParameterRole.State),
    ];

    /// <summary>The stream of this application of a module: one that is applied several times in a step draws anew each time.</summary>
    public static RandomStream Stream(Module module, Parameter key, Parameter counter, ForwardContext context)
    {
        var stream = new RandomStream(key, counter);
        int call = context.CountCall(module);
        context.Update(counter, Ops.Add(counter, Variable.Of(Value.Of(1UL))));
        return call == 0 ? stream : stream.Fork(1000 + call);
    }
}
