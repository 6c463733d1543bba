namespace Toolkit.Conformance;

/// <summary>Something that runs a case.</summary>
internal interface IEngine
{
    /// <summary>Loads the model, to be run on the data sets.</summary>
    /// <param name="model">The case.</param>
    ILoadedModel Load(SuiteCase model);
}

/// <summary>A model that an engine has loaded.</summary>
internal interface ILoadedModel : IDisposable
{
    /// <summary>Runs the model.</summary>
    /// <param name="inputs">What is fed, by the names of the inputs.</param>
    /// <returns>What came out, by the names of the outputs.</returns>
    IReadOnlyDictionary<string, Datum> Run(IReadOnlyDictionary<string, Datum> inputs);
}
