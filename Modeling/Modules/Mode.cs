namespace Toolkit.Modeling.Modules;

/// <summary>What a graph is built for: some modules, such as dropout, differ between the two.</summary>
public enum Mode
{
    /// <summary>The graph whose loss is differentiated.</summary>
    Training,

    /// <summary>The graph that an application runs.</summary>
    Inference,
}
